package dev.headstream.worker;

import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.Pipeline;
import dev.headstream.pipeline.PipelineConfig;
import dev.headstream.pipeline.PipelineSerdes;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import java.time.Clock;

/** What a worker works on: makes the pipeline of its parts, before anything is taken. */
interface Assignment {

    /** All events of the jobs topic, for ever. */
    Assignment LIVE = Pipeline::new;

    /** The pipeline to run, not started. */
    Pipeline pipeline(
            PipelineConfig config, PipelineSerdes serdes, JobHandler handler, PipelineMetrics metrics, Clock clock);
}
