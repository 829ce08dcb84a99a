package dev.headstream.worker.flow;

import java.time.Duration;
import java.util.Optional;

/** Something that holds or not, at the moment or within a while. */
public sealed interface Condition {

    /** How long it may take until it holds; empty: it holds now or not at all. */
    Optional<Duration> within();

    /** An element is visible. */
    record Visible(Selector selector, Optional<Duration> within) implements Condition {}

    /** No such element is visible. */
    record Hidden(Selector selector, Optional<Duration> within) implements Condition {}

    /** A text is part of an element's, or of the page's. */
    record Text(Optional<Selector> selector, Template text, Optional<Duration> within) implements Condition {}

    /** The page's URL matches. */
    record AtUrl(Template url, Optional<Duration> within) implements Condition {}

    /** A value is another, or is not. */
    record Equal(Template value, Template other, boolean equal) implements Condition {
        @Override
        public Optional<Duration> within() {
            return Optional.empty();
        }
    }
}
