package dev.headstream.schemas;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

@AnalyzeClasses(packages = "dev.headstream.schemas", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packages_expectNoCycles = SlicesRuleDefinition.slices()
            .matching("dev.headstream.(**)")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule http_expectsToKnowNothingOfSchemas = ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("..schemas.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.avro..", "dev.headstream.schemas", "dev.headstream.schemas.setup");
}
