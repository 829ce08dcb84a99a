package dev.headstream.pipeline.commit;

import java.util.Map;

/** How results, journal and offsets become durable. The ledger, the journal and the order of things are the same. */
public enum DeliveryMode {
    /** All together in transactions: exactly one terminal record for each event. */
    EXACTLY_ONCE {
        @Override
        BatchWriter writer(Map<String, Object> client, String clientId, PlainOffsets offsets) {
            return new TransactionWriter(client, clientId);
        }
    },
    /**
     * By an idempotent producer, results before the marks that they are done, both before the offsets: at least one
     * terminal record for each event.
     */
    AT_LEAST_ONCE {
        @Override
        BatchWriter writer(Map<String, Object> client, String clientId, PlainOffsets offsets) {
            return new AcknowledgedWriter(client, clientId, offsets);
        }
    };

    abstract BatchWriter writer(Map<String, Object> client, String clientId, PlainOffsets offsets);
}
