package dev.headstream.worker;

import dev.headstream.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks, before anything is taken, whether the cluster can be reached and has the topics as delivery needs them. */
final class ClusterCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterCheck.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration SHORTEST_LOOK = Duration.ofSeconds(1);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);

    private final Map<String, Object> client;
    private final Topics topics;
    private final List<String> needed;

    /** @param shares whether workers share results, which takes a topic as well */
    ClusterCheck(Map<String, Object> client, Topics topics, boolean shares) {
        this.client = client;
        this.topics = topics;
        this.needed = new ArrayList<>(
                List.of(topics.jobs(), topics.results(), topics.state(), topics.deadLetters(), topics.cancellations()));
        if (shares) {
            needed.add(topics.cache());
        }
    }

    /**
     * Waits until the cluster answers and the topics are there; says what is missing meanwhile.
     *
     * @throws UnavailableException if that is not so by the end of the timeout
     */
    void await(Duration timeout) throws InterruptedException {
        Admin admin = admin();
        try {
            await(admin, timeout);
        } finally {
            // without a bound it would wait for the answers that nobody gives, for a minute
            admin.close(Duration.ZERO);
        }
    }

    private Admin admin() {
        try {
            return Admin.create(client);
        } catch (KafkaException e) {
            throw new UnavailableException("cannot make a Kafka client for " + servers() + ": " + root(e));
        }
    }

    private void await(Admin admin, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        String said = "";
        while (true) {
            String problem = problem(admin, look(left(deadline)));
            if (problem.isEmpty()) {
                return;
            }
            if (!problem.equals(said)) {
                LOG.warn("waiting for the cluster: {}", problem);
                said = problem;
            }
            TimeUnit.NANOSECONDS.sleep(min(PAUSE, left(deadline)).toNanos());
            if (left(deadline).isZero()) {
                throw new UnavailableException(problem + " (waited " + timeout.toSeconds() + " s)");
            }
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    /** Never so short that a cluster which is there seems not to answer. */
    private static Duration look(Duration left) {
        return left.compareTo(SHORTEST_LOOK) < 0 ? SHORTEST_LOOK : min(left, LONGEST_LOOK);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** What is wrong, or nothing. */
    private String problem(Admin admin, Duration look) throws InterruptedException {
        Map<String, KafkaFuture<TopicDescription>> asked = admin.describeTopics(
                        needed, new DescribeTopicsOptions().timeoutMs(Math.toIntExact(look.toMillis())))
                .topicNameValues();
        int jobs = 0;
        int state = 0;
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : asked.entrySet()) {
            try {
                int partitions = topic.getValue().get().partitions().size();
                jobs = topic.getKey().equals(topics.jobs()) ? partitions : jobs;
                state = topic.getKey().equals(topics.state()) ? partitions : state;
            } catch (ExecutionException e) {
                return describe(topic.getKey(), e.getCause());
            }
        }
        return jobs == state
                ? ""
                : "topic " + topics.state() + " has " + state + " partitions and " + topics.jobs() + " has " + jobs
                        + ": they must be the same; make " + topics.state() + " anew with " + jobs;
    }

    private String describe(String topic, @Nullable Throwable cause) {
        if (cause instanceof UnknownTopicOrPartitionException) {
            return "topic " + topic + " does not exist: create the topics with 'headstream topics create'";
        }
        if (cause instanceof RetriableException) {
            return "no broker answers at " + servers();
        }
        return "cannot look at topic " + topic + ": " + cause;
    }

    private String servers() {
        return String.valueOf(client.get("bootstrap.servers"));
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
