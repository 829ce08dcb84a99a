/** Files that jobs make (screenshots, downloads) and where they are kept; a result only names them. */
@NullMarked
package dev.headstream.worker.artifact;

import org.jspecify.annotations.NullMarked;
