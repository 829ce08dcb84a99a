package dev.headstream.worker.flow;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An action that holds others: it says when, how often or where they are done, or what is awaited of them. */
public sealed interface Group extends Action {

    /** All actions in it, whether they will be done or not. */
    List<Instruction> instructions();

    @Override
    default <R> R accept(Visitor<R> visitor) {
        return visitor.group(this);
    }

    /** Does one or the other. */
    record If(Condition condition, List<Instruction> then, List<Instruction> otherwise) implements Group {
        public If {
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }

        @Override
        public List<Instruction> instructions() {
            return Stream.concat(then.stream(), otherwise.stream()).toList();
        }

        @Override
        public String word() {
            return "if";
        }
    }

    /** Does them again and again, never more than {@code max} times. */
    record Repeat(int max, Rounds rounds, List<Instruction> instructions) implements Group {
        public Repeat {
            instructions = List.copyOf(instructions);
            if (max < 1) {
                throw new IllegalArgumentException("repeat at least once, not " + max + " times");
            }
        }

        @Override
        public String word() {
            return "repeat";
        }
    }

    /** When there is another round. */
    sealed interface Rounds {
        /** Always, up to the bound. */
        record Always() implements Rounds {}

        /** As long as it holds; asked before each round. */
        record While(Condition condition) implements Rounds {}

        /** Until it holds; asked after each round. That it does not within the bound is a failure. */
        record Until(Condition condition) implements Rounds {}

        /**
         * One for each page: after each round the element is clicked, if it is there, visible and enabled.
         *
         * @param changes what changes with the page: its content is waited to be another one
         */
        record Pages(Selector next, Optional<Selector> changes) implements Rounds {}
    }

    /** Does them within a frame. */
    record InFrame(FrameOf frame, List<Instruction> instructions) implements Group {
        public InFrame {
            instructions = List.copyOf(instructions);
        }

        @Override
        public String word() {
            return "frame";
        }
    }

    /** Which frame. */
    sealed interface FrameOf {
        /** That of an element. */
        record Element(Selector selector) implements FrameOf {}

        /** The one of that name. */
        record Named(Template name) implements FrameOf {}

        /** The one whose URL matches. */
        record AtUrl(Template url) implements FrameOf {}

        /** By position, from the page's main frame down, each counted from 0. */
        record Path(List<Integer> indexes) implements FrameOf {
            public Path {
                indexes = List.copyOf(indexes);
            }
        }
    }

    /**
     * Does them in a window that the page has opened.
     *
     * @param url which; empty for the newest
     * @param close whether it is closed afterwards
     */
    record InPopup(Optional<Template> url, boolean close, List<Instruction> instructions) implements Group {
        public InPopup {
            instructions = List.copyOf(instructions);
        }

        @Override
        public String word() {
            return "popup";
        }
    }

    /**
     * Keeps the file that they make the page download.
     *
     * @param name of the artifact; empty for the one that the page suggests
     * @param into the value that gets its name, URI, size and type
     */
    record Download(Optional<Template> name, Optional<String> into, List<Instruction> instructions) implements Group {
        public Download {
            instructions = List.copyOf(instructions);
        }

        @Override
        public String word() {
            return "download";
        }
    }

    /** Waits until an answer has come to a request that they cause. */
    record ForResponse(Template url, Optional<Integer> status, List<Instruction> instructions) implements Group {
        public ForResponse {
            instructions = List.copyOf(instructions);
        }

        @Override
        public String word() {
            return "waitForResponse";
        }
    }

    /** Waits until they have led to another page. */
    record ForNavigation(List<Instruction> instructions) implements Group {
        public ForNavigation {
            instructions = List.copyOf(instructions);
        }

        @Override
        public String word() {
            return "waitForNavigation";
        }
    }
}
