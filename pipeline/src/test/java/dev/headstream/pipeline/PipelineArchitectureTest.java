package dev.headstream.pipeline;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.reactivestreams.Publisher;
import reactor.core.scheduler.Schedulers;

@AnalyzeClasses(packages = "dev.headstream.pipeline", importOptions = DoNotIncludeTests.class)
class PipelineArchitectureTest {

    @ArchTest
    static final ArchRule packages_expectNoCycles = SlicesRuleDefinition.slices()
            .matching("dev.headstream.pipeline.(*)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule consumers_expectOnlyTheSourceAndTheReaders = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "..pipeline.source..", "..pipeline.journal..", "..pipeline.follow..", "..pipeline.replay..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Consumer.class, KafkaConsumer.class);

    @ArchTest
    static final ArchRule readers_expectNoMembershipInAGroup = noClasses()
            .that()
            .resideInAnyPackage("..pipeline.journal..", "..pipeline.follow..", "..pipeline.replay..")
            .should()
            .callMethodWhere(calls(Consumer.class, "subscribe", "commitSync", "commitAsync"));

    @ArchTest
    static final ArchRule producers_expectOnlyTheCommitterAndTheFleet = noClasses()
            .that()
            .resideOutsideOfPackages("..pipeline.commit..", "..pipeline.fleet..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Producer.class, KafkaProducer.class);

    @ArchTest
    static final ArchRule transactions_expectOnlyTheCommitter = noClasses()
            .that()
            .resideOutsideOfPackage("..pipeline.commit..")
            .should()
            .callMethodWhere(calls(
                    Producer.class,
                    "initTransactions",
                    "beginTransaction",
                    "sendOffsetsToTransaction",
                    "commitTransaction",
                    "abortTransaction"));

    @ArchTest
    static final ArchRule reactorKafka_expectsOnlyTheSource = noClasses()
            .that()
            .resideOutsideOfPackage("..pipeline.source..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("reactor.kafka..");

    @ArchTest
    static final ArchRule transactionManager_expectsNobody = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("reactor.kafka.sender.TransactionManager")
            .because("its sendOffsets calls a method that kafka-clients 4 no longer has, and hangs the stream");

    @ArchTest
    static final ArchRule block_expectsNobody = noClasses()
            .should()
            .callMethodWhere(calls(
                    Publisher.class, "block", "blockFirst", "blockLast", "blockOptional", "toIterable", "toStream"));

    @ArchTest
    static final ArchRule subscribe_expectsOnlyTheWiring = noClasses()
            .that()
            .doNotBelongToAnyOf(Pipeline.class)
            .should()
            .callMethodWhere(calls(Publisher.class, "subscribe", "subscribeWith"));

    @ArchTest
    static final ArchRule schedulers_expectOnlyTheWiring = noClasses()
            .that()
            .doNotBelongToAnyOf(Pipeline.class)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Schedulers.class);

    private static DescribedPredicate<JavaMethodCall> calls(Class<?> owner, String... names) {
        Set<String> wanted = Set.of(names);
        return describe(
                "it is one of " + wanted + " of a " + owner.getSimpleName(),
                call -> wanted.contains(call.getName()) && call.getTargetOwner().isAssignableTo(owner));
    }
}
