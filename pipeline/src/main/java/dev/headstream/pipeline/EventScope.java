package dev.headstream.pipeline;

import dev.headstream.pipeline.admission.Selection;
import dev.headstream.pipeline.source.SourceEnds;

/**
 * Which events of the jobs topic a pipeline takes.
 *
 * @param ends where it stops reading
 * @param selection what of it is run
 */
public record EventScope(SourceEnds ends, Selection selection) {

    /** All of them, for ever: live work. */
    public static EventScope live() {
        return new EventScope(SourceEnds.none(), Selection.ALL);
    }
}
