package dev.headstream.pipeline;

import static dev.headstream.pipeline.PipelineFixture.handler;
import static dev.headstream.pipeline.PipelineFixture.ids;
import static dev.headstream.pipeline.PipelineFixture.job;
import static dev.headstream.pipeline.PipelineFixture.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.headstream.pipeline.admission.Selection;
import dev.headstream.pipeline.replay.ReplayBound;
import dev.headstream.pipeline.replay.ReplayFilter;
import dev.headstream.pipeline.replay.ReplayFilter.Reason;
import dev.headstream.pipeline.replay.ReplayGroup;
import dev.headstream.pipeline.replay.ReplayPlan;
import dev.headstream.pipeline.replay.ReplayPlanner;
import dev.headstream.pipeline.replay.ReplayRefusedException;
import dev.headstream.pipeline.replay.ReplaySurvey;
import dev.headstream.pipeline.replay.ReplaySurvey.PartitionCount;
import dev.headstream.pipeline.source.SourceEnds;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** Every event of the range gets exactly one more result, and the live group is never touched. */
@Timeout(120)
class ReplayIT {
    private static final Duration SOON = Duration.ofSeconds(15);
    /** A JVM, and the six seconds after which the brokers give the place of a killed member away. */
    private static final Duration PROCESS_START = Duration.ofSeconds(90);

    private static final JobHandler QUICK = handler(4, job -> Mono.just(succeeded()));

    @Test
    void replay_givenOffsetsWithGapsInOneOfTwoPartitions_expectsExactlyThoseAndTheLiveGroupUntouched()
            throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(2);
                Admin admin = Admin.create(kafka.client())) {
            for (int i = 0; i < 5; i++) {
                kafka.submitInTransaction(0, true, job("kept-" + (2 * i)), job("kept-" + (2 * i + 1)));
                kafka.submitInTransaction(0, false, job("aborted-" + i));
            }
            kafka.submitInTransaction(1, true, job("elsewhere"));
            Pipeline live = kafka.start(QUICK);
            await().atMost(SOON).until(() -> kafka.results().size() == 11 && kafka.lag() == 0);
            Map<TopicPartition, OffsetAndMetadata> before = offsets(admin, kafka.group);
            long end = before.get(new TopicPartition(kafka.topics.jobs(), 0)).offset();

            Replayed replayed = new Replayed(kafka, admin, "gaps");
            // from the second event on, to the end, which is the marker of an aborted transaction
            replayed.run(parse("0:1"), parse("0:" + end), Selection.ALL);

            assertThat(replayed.executions())
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(1, 10)
                            .mapToObj(i -> "gaps|kept-" + i)
                            .toList());
            assertThat(offsets(admin, kafka.group)).isEqualTo(before);
            assertThat(groups(admin)).contains(kafka.group).doesNotContain(replayed.group.id());
            live.close();
        }
    }

    @Test
    @Timeout(300)
    void replay_givenAProcessThatIsKilled_expectsExactlyOneResultEach() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(2);
                Admin admin = Admin.create(kafka.client())) {
            kafka.submit(60, "job-");
            Replayed replayed = new Replayed(kafka, admin, "killed");
            Process first = ReplayProcess.start(kafka, "killed");
            await().atMost(PROCESS_START).until(() -> replayed.executions().size() >= 6);
            first.destroyForcibly().waitFor();
            assertThat(replayed.executions()).hasSizeLessThan(60);
            assertThat(kafka.committed(0)).as("offset of the live group").isEmpty();

            Process last = ReplayProcess.start(kafka, "killed");
            assertThat(last.waitFor(PROCESS_START.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            assertThat(last.exitValue()).isZero();
            assertThat(replayed.executions())
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 60)
                            .mapToObj(i -> "killed|job-" + i)
                            .toList());
            assertThat(groups(admin)).doesNotContain(replayed.group.id());
            // done is done: the same id once more runs nothing
            Set<String> again = replayed.run(parse("1h"), new ReplayBound.Edge(), Selection.ALL);
            assertThat(again).isEmpty();
            assertThat(replayed.executions()).hasSize(60);
        }
    }

    @Test
    void replay_givenEventsAfterItsEnd_expectsThemLeftAlone() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1);
                Admin admin = Admin.create(kafka.client())) {
            kafka.submit(10, "job-");
            Replayed replayed = new Replayed(kafka, admin, "early");

            // polls bring two at a time: the last one brings an event of the range and one behind it
            Set<String> ran = replayed.run(parse("0:2"), parse("0:7"), Selection.ALL);

            assertThat(ran).containsExactlyInAnyOrder("job-2", "job-3", "job-4", "job-5", "job-6");
            assertThat(replayed.executions()).hasSize(5);
        }
    }

    @Test
    void plan_givenExpiredOffsets_expectsARefusalThatNamesThem() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(2);
                Admin admin = Admin.create(kafka.client())) {
            for (int i = 0; i < 10; i++) {
                kafka.submitInTransaction(0, true, job("job-" + i)); // an event and its marker
            }
            Replayed replayed = new Replayed(kafka, admin, "expired");
            ReplayPlan begun = replayed.planner.plan(parse("0:3"), parse("0:10"));
            replayed.group.begin(begun, replayed.planner);
            expire(admin, kafka, 8);

            assertThatThrownBy(() -> replayed.planner.plan(parse("0:2"), parse("0:20")))
                    .isInstanceOf(ReplayRefusedException.class)
                    .hasMessage("partition 0: offsets 2 to 7 have expired; the oldest that is kept is 8");
            assertThatThrownBy(() -> replayed.planner.plan(parse("0:0,7:1"), parse("0:99,7:2")))
                    .isInstanceOf(ReplayRefusedException.class)
                    .hasMessageContaining("offsets 0 to 7 have expired")
                    .hasMessageContaining("--to 99 is beyond the end of the topic, which is 20")
                    .hasMessageContaining("no such partition");
            assertThatThrownBy(() -> replayed.planner.checkKept(
                            begun, replayed.group.progress(begun).watermarks()))
                    .isInstanceOf(ReplayRefusedException.class)
                    .hasMessageContaining("offsets 3 to 7 have expired");
            assertThat(replayed.planner.plan(parse("0:8"), parse("0:20")).ends())
                    .isEqualTo(Map.of(0, 20L));
        }
    }

    @Test
    void replay_givenARangeThatExpiresUnderIt_expectsItToEndAndNotToSkip() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(1);
                Admin admin = Admin.create(kafka.client())) {
            kafka.submit(10, "job-");
            Replayed replayed = new Replayed(kafka, admin, "gone");
            ReplayPlan plan = replayed.begin(new ReplayBound.Edge(), new ReplayBound.Edge());
            expire(admin, kafka, 6);
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

            Pipeline pipeline = replayed.start(QUICK, plan, Selection.ALL);
            var subscription = pipeline.failed().subscribe(unused -> {}, failure::set);

            await().atMost(SOON).until(() -> failure.get() != null);
            assertThat(replayed.group.progress(plan).complete()).isFalse();
            assertThat(replayed.executions()).isEmpty();
            subscription.dispose();
        }
    }

    @Test
    void replay_givenFilters_expectsOnlyWhatTheySelectAndTheRestCounted() throws Exception {
        try (PipelineFixture kafka = new PipelineFixture(2);
                Admin admin = Admin.create(kafka.client())) {
            for (int i = 0; i < 12; i++) {
                kafka.submit(JobRequested.newBuilder(job("job-" + i))
                        .setFlow(i % 4 == 0 ? "unsafe" : i % 2 == 0 ? "even" : "odd")
                        .build());
            }
            kafka.submitBytes("garbage", new byte[] {1, 2, 3});
            kafka.start(handler(4, job -> Mono.just(failsFirst(job))));
            await().atMost(SOON).until(() -> kafka.results().size() == 12 && kafka.lag() == 0);
            Replayed only = new Replayed(kafka, admin, "only");
            ReplayFilter failed = only.filter(new ReplayFilter.Options(
                    Optional.empty(), Set.of(JobStatus.FAILED, JobStatus.TIMED_OUT), false, true));
            SortedMap<Integer, PartitionCount> counts = only.count(failed);

            Set<String> ran = only.run(new ReplayBound.Edge(), new ReplayBound.Edge(), failed);

            assertThat(ran).containsExactlyInAnyOrder("job-0", "job-1", "job-2");
            assertThat(counts.values().stream()
                            .mapToLong(PartitionCount::events)
                            .sum())
                    .isEqualTo(13);
            assertThat(counts.values().stream()
                            .mapToLong(PartitionCount::selected)
                            .sum())
                    .isEqualTo(3);
            assertThat(kafka.records(kafka.topics.deadLetters()))
                    .as("buried once, by live work")
                    .hasSize(1);

            // what the replay has repaired is repaired
            Replayed again = new Replayed(kafka, admin, "again");
            assertThat(again.run(
                            new ReplayBound.Edge(),
                            new ReplayBound.Edge(),
                            again.filter(
                                    new ReplayFilter.Options(Optional.empty(), Set.of(JobStatus.FAILED), false, true))))
                    .isEmpty();
            Replayed odd = new Replayed(kafka, admin, "odd");
            assertThat(odd.run(
                            new ReplayBound.Edge(),
                            new ReplayBound.Edge(),
                            odd.filter(new ReplayFilter.Options(Optional.of("odd"), Set.of(), false, false))))
                    .hasSize(6);
            Replayed safe = new Replayed(kafka, admin, "safe");
            ReplayFilter withoutEffects =
                    safe.filter(new ReplayFilter.Options(Optional.empty(), Set.of(), false, false));
            assertThat(safe.run(new ReplayBound.Edge(), new ReplayBound.Edge(), withoutEffects))
                    .hasSize(9)
                    .doesNotContain("job-0", "job-4", "job-8");
            assertThat(withoutEffects.leftOut()).containsEntry(Reason.EFFECTS, 3L);
            Replayed rest = new Replayed(kafka, admin, "rest");
            ReplayFilter incomplete = rest.filter(new ReplayFilter.Options(Optional.empty(), Set.of(), true, true));
            assertThat(rest.run(new ReplayBound.Edge(), new ReplayBound.Edge(), incomplete))
                    .isEmpty();
            assertThat(incomplete.leftOut()).containsEntry(Reason.COMPLETED, 12L);
        }
    }

    private static Outcome failsFirst(Job job) {
        boolean fails = Set.of("job-0", "job-1", "job-2").contains(job.request().getJobId());
        return fails
                ? new Outcome.Failed(new JobError("BROKEN", "broken on purpose", null), false, Outcome.Trace.NONE)
                : succeeded();
    }

    private static ReplayBound parse(String text) {
        return ReplayBound.parse("--from", text, Instant.now());
    }

    private static void expire(Admin admin, PipelineFixture kafka, long before) throws Exception {
        admin.deleteRecords(Map.of(new TopicPartition(kafka.topics.jobs(), 0), RecordsToDelete.beforeOffset(before)))
                .all()
                .get();
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Admin admin, String group) throws Exception {
        return admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private static List<String> groups(Admin admin) throws Exception {
        return admin.listGroups().all().get().stream()
                .map(GroupListing::groupId)
                .toList();
    }

    /** One replay as the command runs it. */
    private static final class Replayed {
        private final PipelineFixture kafka;
        private final String id;
        private final ReplayPlanner planner;
        private final ReplayGroup group;

        Replayed(PipelineFixture kafka, Admin admin, String id) {
            this.kafka = kafka;
            this.id = id;
            this.planner = new ReplayPlanner(admin, kafka.topics, Instant.now());
            this.group = new ReplayGroup(admin, kafka.topics, kafka.group, id);
        }

        ReplayPlan begin(ReplayBound from, ReplayBound to) throws Exception {
            assertThat(group.begun()).isEmpty();
            ReplayPlan plan = planner.plan(from, to);
            group.begin(plan, planner);
            assertThat(group.begun()).contains(plan);
            return plan;
        }

        Pipeline start(JobHandler handler, ReplayPlan plan, Selection selection) {
            return kafka.start(
                    handler, c -> c.withReplay(group.id(), id), new EventScope(SourceEnds.at(plan.ends()), selection));
        }

        /** Runs it to its end; returns the job ids that ran. */
        Set<String> run(ReplayBound from, ReplayBound to, Selection selection) throws Exception {
            Set<String> ran = ConcurrentHashMap.newKeySet();
            ReplayPlan plan = begin(from, to);
            Pipeline pipeline = start(
                    handler(4, job -> {
                        ran.add(job.request().getJobId());
                        return Mono.just(succeeded());
                    }),
                    plan,
                    selection);
            await().atMost(SOON).until(() -> group.progress(plan).complete());
            assertThat(group.progress(plan).finished()).isEqualTo(plan.offsets());
            pipeline.close();
            group.delete();
            return ran;
        }

        ReplayFilter filter(ReplayFilter.Options options) {
            return new ReplaySurvey(kafka.client(), kafka.topics)
                    .filter(options, id, "unsafe"::equals, new AvroDeserializer<>(JobResult.class, kafka.registry));
        }

        SortedMap<Integer, PartitionCount> count(ReplayFilter filter) throws Exception {
            return new ReplaySurvey(kafka.client(), kafka.topics)
                    .count(
                            planner.plan(new ReplayBound.Edge(), new ReplayBound.Edge()),
                            filter,
                            new AvroDeserializer<>(JobRequested.class, kafka.registry));
        }

        /** The execution ids of its results, with repetitions. */
        List<String> executions() {
            Stream<JobResult> own = kafka.results().stream().filter(result -> id.equals(result.getReplayId()));
            return ids(own.toList()).toList();
        }
    }
}
