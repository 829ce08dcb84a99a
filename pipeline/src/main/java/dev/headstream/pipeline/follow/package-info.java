/**
 * How every worker reads a topic that all of them need whole: from its start or from a time on, as a member of no group, for
 * as long as the worker lives. Knows nothing of what the records mean; used by {@code cancel} and {@code fleet}.
 */
@NullMarked
package dev.headstream.pipeline.follow;

import org.jspecify.annotations.NullMarked;
