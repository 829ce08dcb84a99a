/** What is done once for a deployment: subjects in the registry, topics in the cluster. Commands call it; workers need not. */
@NullMarked
package dev.headstream.schemas.setup;

import org.jspecify.annotations.NullMarked;
