package dev.headstream.pipeline;

import dev.headstream.pipeline.commit.DeliveryMode;
import dev.headstream.pipeline.retry.RetryPolicy;
import dev.headstream.pipeline.source.GroupProtocol;
import dev.headstream.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a pipeline.
 *
 * @param client connection settings for all Kafka clients: {@code bootstrap.servers}, security
 * @param groupProtocol how the workers of the group share the partitions
 * @param delivery how results and offsets become durable
 * @param worker name of this worker, for results and as client id
 * @param commitInterval how long finished work may wait for company before it is committed
 * @param jobTimeout hard limit of one attempt
 * @param revokeGrace how long a rebalance waits for the jobs of a partition that is given up
 * @param maxWaiting jobs that may wait in memory (retry, session, duplicate, commit) before the source is held back
 * @param maxResultBytes a larger result is replaced by one that says so
 * @param replayId set for a replay
 */
public record PipelineConfig(
        Map<String, Object> client,
        Topics topics,
        String groupId,
        GroupProtocol groupProtocol,
        DeliveryMode delivery,
        String worker,
        Duration commitInterval,
        Duration jobTimeout,
        Duration revokeGrace,
        RetryPolicy retry,
        int maxWaiting,
        int maxResultBytes,
        @Nullable String replayId) {

    public PipelineConfig {
        client = Map.copyOf(client);
        if (jobTimeout.isNegative() || jobTimeout.isZero()) {
            throw new IllegalArgumentException("jobTimeout must be positive, not " + jobTimeout);
        }
        if (maxWaiting < 1) {
            throw new IllegalArgumentException("maxWaiting must be at least 1, not " + maxWaiting);
        }
    }

    /** The defaults for these brokers: classic protocol, exactly once, 100 ms, 60 s, 10 s, 1,000 waiting, 900 kB. */
    public static PipelineConfig defaults(Map<String, Object> client, Topics topics, String groupId, String worker) {
        return new PipelineConfig(
                client,
                topics,
                groupId,
                GroupProtocol.CLASSIC,
                DeliveryMode.EXACTLY_ONCE,
                worker,
                Duration.ofMillis(100),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                RetryPolicy.defaults(),
                1_000,
                900_000,
                null);
    }

    /** The same for a replay, whose group is not the live one. */
    public PipelineConfig withReplay(String replayGroupId, String id) {
        return new PipelineConfig(
                client,
                topics,
                replayGroupId,
                groupProtocol,
                delivery,
                worker,
                commitInterval,
                jobTimeout,
                revokeGrace,
                retry,
                maxWaiting,
                maxResultBytes,
                id);
    }
}
