package dev.headstream.schemas.setup;

import dev.headstream.schemas.TopicDefinition;
import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.TopicReport.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates the topics of a deployment and says where existing ones are not as they should be. Never changes or deletes a
 * topic.
 *
 * <p>All calls block, for at most the timeout at each question to the cluster: not for a Reactor or poll thread. Kafka's
 * own unchecked exceptions come through, a {@link TimeoutException} where no broker answers.
 */
public final class TopicAdmin {
    private final Admin admin;
    private final Duration timeout;

    /** Uses an admin client that stays the caller's to close. */
    public TopicAdmin(Admin admin, Duration timeout) {
        this.admin = admin;
        this.timeout = timeout;
    }

    /**
     * Creates the topics that are missing and compares the others with their definition. Where the topic of the jobs
     * exists with another partition count than asked for, a missing state topic gets the count that exists, since the
     * journal of a partition stands in the state partition of the same number. Idempotent.
     *
     * @param partitions of the topics of jobs, results and state
     * @param replicationFactor -1 for the cluster's default
     * @return a report for each topic, in the order of {@link Topics#definitions}
     */
    public List<TopicReport> create(Topics topics, int partitions, short replicationFactor) {
        List<TopicDefinition> wanted = topics.definitions(partitions, replicationFactor);
        Map<String, ExistingTopic> existing = existing(wanted);
        ExistingTopic jobs = existing.get(topics.jobs());
        int jobPartitions = jobs == null ? partitions : jobs.partitions();
        Map<String, TopicReport> created = new HashMap<>();
        for (TopicDefinition topic : topics.definitions(jobPartitions, replicationFactor)) {
            if (!existing.containsKey(topic.name()) && create(topic)) {
                created.put(topic.name(), new TopicReport(topic.name(), State.CREATED, topic.partitions(), List.of()));
            }
        }
        List<TopicReport> reports = new ArrayList<>();
        for (TopicReport compared : compare(wanted, topics, jobPartitions)) {
            reports.add(created.getOrDefault(compared.topic(), compared));
        }
        return List.copyOf(reports);
    }

    /** Compares the topics with their definition, taking the partition count that the topic of the jobs has. */
    public List<TopicReport> describe(Topics topics) {
        ExistingTopic jobs = existing(topics.definitions(1, (short) -1)).get(topics.jobs());
        int jobPartitions = jobs == null ? 1 : jobs.partitions();
        return compare(topics.definitions(jobPartitions, (short) -1), topics, jobPartitions);
    }

    private List<TopicReport> compare(List<TopicDefinition> wanted, Topics topics, int jobPartitions) {
        Map<String, ExistingTopic> existing = existing(wanted);
        List<TopicReport> reports = new ArrayList<>();
        for (TopicDefinition definition : wanted) {
            ExistingTopic topic = existing.get(definition.name());
            if (topic == null) {
                reports.add(new TopicReport(definition.name(), State.MISSING, 0, List.of("does not exist")));
                continue;
            }
            List<String> differences = new ArrayList<>(topic.differences(definition));
            if (definition.name().equals(topics.state()) && topic.partitions() != jobPartitions) {
                differences.add(0, mismatch(topic, topics.jobs(), jobPartitions));
            }
            State state = differences.isEmpty() ? State.MATCHES : State.DIFFERS;
            reports.add(new TopicReport(definition.name(), state, topic.partitions(), differences));
        }
        return List.copyOf(reports);
    }

    private static String mismatch(ExistingTopic state, String jobs, int jobPartitions) {
        return "has " + state.partitions() + " partitions, but " + jobs + " has " + jobPartitions
                + ": each partition's journal stands in the state partition of the same number, so raise the smaller"
                + " count with kafka-topics.sh --alter --partitions before a worker starts";
    }

    private Map<String, ExistingTopic> existing(List<TopicDefinition> wanted) {
        List<String> names = wanted.stream().map(TopicDefinition::name).toList();
        Map<String, TopicDescription> descriptions = new HashMap<>();
        admin.describeTopics(names, new DescribeTopicsOptions().timeoutMs(timeoutMillis()))
                .topicNameValues()
                .forEach((name, future) -> {
                    try {
                        descriptions.put(name, await(future, "describe topic " + name));
                    } catch (UnknownTopicOrPartitionException e) {
                        // missing is what is to be found out
                    }
                });
        List<ConfigResource> resources = descriptions.keySet().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, ExistingTopic> existing = new HashMap<>();
        admin.describeConfigs(resources, new DescribeConfigsOptions().timeoutMs(timeoutMillis()))
                .values()
                .forEach((resource, future) -> {
                    String name = resource.name();
                    TopicDescription description = descriptions.get(name);
                    if (description != null) {
                        existing.put(
                                name, existing(description, await(future, "describe the settings of topic " + name)));
                    }
                });
        return existing;
    }

    private static ExistingTopic existing(TopicDescription topic, Config settings) {
        Map<String, String> configs = new HashMap<>();
        for (ConfigEntry entry : settings.entries()) {
            if (entry.value() != null) {
                configs.put(entry.name(), entry.value());
            }
        }
        int replicas = topic.partitions().get(0).replicas().size();
        return new ExistingTopic(topic.name(), topic.partitions().size(), replicas, configs);
    }

    /** False where somebody else created it in between. */
    private boolean create(TopicDefinition topic) {
        NewTopic request =
                new NewTopic(topic.name(), topic.partitions(), topic.replicationFactor()).configs(topic.configs());
        try {
            await(
                    admin.createTopics(Set.of(request), new CreateTopicsOptions().timeoutMs(timeoutMillis()))
                            .all(),
                    "create topic " + topic.name());
            return true;
        } catch (TopicExistsException e) {
            return false;
        }
    }

    private <V> V await(KafkaFuture<V> answer, String question) {
        try {
            // the client keeps the timeout itself; this one is for the case that it cannot
            return answer.get(2L * timeoutMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw noAnswer(question, e.getCause());
            }
            if (e.getCause() instanceof KafkaException cause) {
                throw cause;
            }
            throw new KafkaException(question + ": " + e.getCause(), e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw noAnswer(question, e);
        } catch (InterruptedException e) {
            throw new InterruptException(question, e);
        }
    }

    private TimeoutException noAnswer(String question, Throwable cause) {
        return new TimeoutException(question + ": no broker answered within " + timeoutMillis() + " ms", cause);
    }

    private int timeoutMillis() {
        return Math.toIntExact(timeout.toMillis());
    }
}
