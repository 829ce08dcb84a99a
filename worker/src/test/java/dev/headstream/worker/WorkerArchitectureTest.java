package dev.headstream.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

@AnalyzeClasses(
        packages = {"dev.headstream.worker", "com.microsoft.playwright.impl"},
        importOptions = {DoNotIncludeTests.class, WorkerArchitectureTest.OwnClasses.class})
class WorkerArchitectureTest {

    @ArchTest
    static final ArchRule packages_expectNoCycles = SlicesRuleDefinition.slices()
            .matching("dev.headstream.worker.(*)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule playwright_expectsOnlyTheBrowserAndTheRunOfFlows = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.headstream.worker.browser..", "dev.headstream.worker.run..", "com.microsoft.playwright.impl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.microsoft.playwright..");

    @ArchTest
    static final ArchRule playwrightsInternals_expectOnlyTheBrowser = noClasses()
            .that()
            .resideOutsideOfPackages("dev.headstream.worker.browser..", "com.microsoft.playwright.impl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.microsoft.playwright.impl..");

    @ArchTest
    static final ArchRule worker_expectsNothingOfTheLoadGenerator =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.headstream.loadgen..");

    @ArchTest
    static final ArchRule kafka_expectsOnlyTheWiring = noClasses()
            .that()
            .resideInAPackage("dev.headstream.worker.*..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka.clients.consumer..", "org.apache.kafka.clients.producer..");

    /** Our classes in Playwright's package, without Playwright's own. */
    static final class OwnClasses implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.isJar();
        }
    }
}
