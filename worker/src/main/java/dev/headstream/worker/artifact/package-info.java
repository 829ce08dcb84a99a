/** Files that jobs make (screenshots, downloads) and where they are kept, and those that they may give to pages. */
@NullMarked
package dev.headstream.worker.artifact;

import org.jspecify.annotations.NullMarked;
