/**
 * What the pipeline counts and times, and how meters are declared anywhere in Headstream: name, unit, tags and buckets
 * in one enum for each module, small typed recorders for those who have something to report.
 */
@NullMarked
package dev.headstream.pipeline.metrics;

import org.jspecify.annotations.NullMarked;
