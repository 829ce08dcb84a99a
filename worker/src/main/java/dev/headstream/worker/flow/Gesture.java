package dev.headstream.worker.flow;

import java.util.List;
import java.util.Optional;

/** Something done with the pointer, the keyboard, a file or the window that is rarer than the actions of {@link Action}. */
public sealed interface Gesture extends Action {
    @Override
    default <R> R accept(Visitor<R> visitor) {
        return visitor.gesture(this);
    }

    /** Sets a field or list of any kind, by typing where a person would type. */
    record Change(Selector selector, Template value) implements Gesture {
        @Override
        public String word() {
            return "change";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /** Holds a key down, or lets it go. */
    record Key(String key, boolean down) implements Gesture {
        @Override
        public String word() {
            return down ? "keyDown" : "keyUp";
        }
    }

    /** Drags an element onto another. */
    record Drag(Selector selector, Selector to) implements Gesture {
        @Override
        public String word() {
            return "drag";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /**
     * Scrolls.
     *
     * @param within what is scrolled; empty for the page
     */
    record Scroll(Optional<Selector> within, Where where) implements Gesture {
        @Override
        public String word() {
            return "scroll";
        }

        @Override
        public Optional<Selector> target() {
            return where instanceof Where.To to ? Optional.of(to.selector()) : within;
        }
    }

    /** Where it is scrolled to. */
    sealed interface Where {
        /** Until the element is in view. */
        record To(Selector selector) implements Where {}

        /** So many CSS pixels down, or up if negative. */
        record By(int pixels) implements Where {}

        /** To this position, in CSS pixels. */
        record At(double x, double y) implements Where {}

        /** To the end, and on to the new end as long as more is loaded, at most so many times. */
        record End(int max) implements Where {}
    }

    /** Gives files to a field or to the button that asks for them. */
    record Upload(Selector selector, List<FileSource> files) implements Gesture {
        public Upload {
            files = List.copyOf(files);
        }

        @Override
        public String word() {
            return "upload";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /** Where the content of a file comes from. */
    sealed interface FileSource {
        /** A file of the folder that the operator allows; no value of a job is ever part of its path. */
        record InFolder(String path) implements FileSource {}

        /**
         * What a job brings along.
         *
         * @param base64 whether the content is encoded bytes, and not text
         * @param type its media type
         */
        record Given(Template name, Template content, boolean base64, Optional<String> type) implements FileSource {}
    }

    /** Makes the page so large, in CSS pixels. */
    record Viewport(int width, int height) implements Gesture {
        @Override
        public String word() {
            return "viewport";
        }
    }

    /**
     * Makes the network slow from here on.
     *
     * @param download bytes a second, negative for no limit
     * @param upload bytes a second, negative for no limit
     * @param latencyMillis added to each request
     */
    record Network(double download, double upload, double latencyMillis) implements Gesture {
        @Override
        public String word() {
            return "network";
        }
    }

    /** Closes the window that it stands for: a popup, and never the page of the job, which ends with it. */
    record Close() implements Gesture {
        @Override
        public String word() {
            return "close";
        }
    }
}
