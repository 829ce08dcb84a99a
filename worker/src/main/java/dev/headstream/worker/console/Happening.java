package dev.headstream.worker.console;

import java.time.Instant;

/**
 * Something that happened to the browser or its limits.
 *
 * @param kind what, one word or two: for a program to count and a person to read
 * @param where the lane; empty if it concerns all of them
 * @param why the reason, in the words of the metrics
 */
record Happening(Instant at, String kind, String where, String why) {}
