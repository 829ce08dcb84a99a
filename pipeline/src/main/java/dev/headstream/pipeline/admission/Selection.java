package dev.headstream.pipeline.admission;

import dev.headstream.v1.JobRequested;

/**
 * Which events a replay runs. What it leaves out is finished without a result, so that the replay comes to its end.
 * Asked once for each event, more often after a rebalance or a restart. Thread-safe.
 */
public interface Selection {

    /** Everything: what live work, and a replay without filters, runs. */
    Selection ALL = new Selection() {
        @Override
        public boolean selects(JobRequested request) {
            return true;
        }

        @Override
        public boolean selectsUndecodable() {
            return true;
        }
    };

    /** Whether to run a job. */
    boolean selects(JobRequested request);

    /** Whether events count that cannot be decoded, and so become dead letters. */
    boolean selectsUndecodable();
}
