package dev.headstream.worker.flow.yaml;

import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.NodeType;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** One YAML document, read up to its nodes only: no tag can construct anything. */
public final class YamlDocument {
    /** Longest text that is read, in code points. */
    public static final int MAX_CODE_POINTS = 1_000_000;

    private static final Set<Tag> PLAIN = Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.SEQ, Tag.MAP);
    private static final int MAX_ALIASES = 1_000;
    private static final int MAX_NODES = 20_000;
    private static final int MAX_DEPTH = 50;

    private YamlDocument() {}

    /** Reads the only document of a text; empty if it cannot be read, with the reason among the problems. */
    public static Optional<YamlValue> read(String text, Problems problems) {
        try {
            Node root = compose(text, problems);
            if (root == null) {
                return Optional.empty();
            }
            return new Walk(problems).isSane(root) ? Optional.of(new YamlValue(root, problems)) : Optional.empty();
        } catch (MarkedYamlEngineException e) {
            problems.add(
                    e.getProblemMark().isPresent() ? e.getProblemMark() : e.getContextMark(),
                    "not valid YAML: " + e.getProblem());
            return Optional.empty();
        } catch (YamlEngineException e) {
            problems.add("not valid YAML: " + firstLine(e));
            return Optional.empty();
        }
    }

    private static @Nullable Node compose(String text, Problems problems) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(problems.file())
                .setCodePointLimit(MAX_CODE_POINTS)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .build();
        Iterator<Node> documents =
                new Compose(settings).composeAllFromString(text).iterator();
        if (!documents.hasNext()) {
            problems.add("the file is empty");
            return null;
        }
        Node root = documents.next();
        if (documents.hasNext()) {
            problems.add(documents.next().getStartMark(), "a file holds one document: remove '---' and what follows");
            return null;
        }
        return root;
    }

    private static String firstLine(YamlEngineException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
    }

    /**
     * Counts nodes as a reader would meet them, so that aliases which multiply (a "billion laughs" file) or refer to
     * themselves are refused before anybody walks them.
     */
    private static final class Walk {
        private final Problems problems;
        private int visited;

        Walk(Problems problems) {
            this.problems = problems;
        }

        boolean isSane(Node node) {
            return isSane(node, 0);
        }

        private boolean isSane(Node node, int depth) {
            if (++visited > MAX_NODES || depth > MAX_DEPTH) {
                problems.add(
                        node.getStartMark(),
                        "the file is too large: at most " + MAX_NODES + " values, " + MAX_DEPTH
                                + " deep, each use of an alias counted");
                return false;
            }
            if (!PLAIN.contains(node.getTag())) {
                problems.add(node.getStartMark(), "tags are not allowed: remove '" + node.getTag() + "'");
                return true;
            }
            if (node.getNodeType() == NodeType.SCALAR) {
                return true;
            }
            return node instanceof CollectionNode<?> collection && areSane(collection, depth);
        }

        private boolean areSane(CollectionNode<?> collection, int depth) {
            if (collection instanceof MappingNode mapping) {
                for (NodeTuple entry : mapping.getValue()) {
                    if (!isSane(entry.getKeyNode(), depth + 1) || !isSane(entry.getValueNode(), depth + 1)) {
                        return false;
                    }
                }
            } else if (collection instanceof SequenceNode sequence) {
                for (Node item : sequence.getValue()) {
                    if (!isSane(item, depth + 1)) {
                        return false;
                    }
                }
            }
            return true;
        }
    }
}
