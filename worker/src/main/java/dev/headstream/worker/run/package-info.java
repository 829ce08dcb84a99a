/**
 * Runs flows on a lane: {@link dev.headstream.worker.run.FlowRunner} turns a job into an outcome, step by step. Performs
 * actions with Playwright's page API, but starts no browser and opens no context. Everything here is confined to the
 * lane's thread, on which blocking is allowed.
 */
@NullMarked
package dev.headstream.worker.run;

import org.jspecify.annotations.NullMarked;
