package dev.headstream.pipeline;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** Lets one worker's poll thread stand still inside a poll for as long as a test wants, as a long pause of its JVM would. */
public final class StalledPoll implements ConsumerInterceptor<Object, Object>, ProducerInterceptor<Object, Object> {
    private static final String NAME = "test.stall";
    private static final Map<String, StalledPoll.Switch> SWITCHES = new ConcurrentHashMap<>();

    private Switch stall = new Switch();
    private boolean ofAMember;

    /** What a test turns. */
    static final class Switch {
        private final CountDownLatch stalled = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private volatile boolean armed;

        /** The next poll that brings events stands still. */
        void arm() {
            armed = true;
        }

        boolean isStalled() {
            return stalled.getCount() == 0;
        }

        void release() {
            released.countDown();
        }
    }

    /** Client settings under which polls can be stalled, and membership is lost soon after. */
    static Map<String, Object> settings(String name, Switch stall) {
        SWITCHES.put(name, stall);
        return Map.of(
                "interceptor.classes",
                StalledPoll.class.getName(),
                NAME,
                name,
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                1_500);
    }

    @Override
    public void configure(Map<String, ?> configs) {
        stall = SWITCHES.get(String.valueOf(configs.get(NAME)));
        ofAMember = configs.get(ConsumerConfig.GROUP_ID_CONFIG) != null;
    }

    @Override
    public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
        if (ofAMember && stall.armed && !records.isEmpty()) {
            stall.stalled.countDown();
            try {
                stall.released.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> record) {
        return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

    @Override
    public void close() {}
}
