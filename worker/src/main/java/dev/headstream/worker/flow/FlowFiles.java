package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.Problems;
import dev.headstream.worker.flow.yaml.YamlDocument;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads flows from YAML files. All that is wrong with a file is reported together. */
public final class FlowFiles {
    private FlowFiles() {}

    /**
     * Reads a file.
     *
     * @throws InvalidFlowException if it cannot be read or holds no valid flow
     */
    public static Flow read(Path file) {
        Problems problems = new Problems(file.toString());
        try {
            if (Files.isRegularFile(file) && Files.size(file) > 4L * YamlDocument.MAX_CODE_POINTS) {
                problems.add("the file is too large: at most " + YamlDocument.MAX_CODE_POINTS + " characters");
                throw new InvalidFlowException(problems.list());
            }
            return parse(problems, Files.readString(file));
        } catch (NoSuchFileException e) {
            problems.add("there is no such file");
        } catch (CharacterCodingException e) {
            problems.add("the file is not UTF-8 text");
        } catch (IOException e) {
            problems.add("the file cannot be read: " + e);
        }
        throw new InvalidFlowException(problems.list());
    }

    /**
     * Reads a text.
     *
     * @param file what messages call it
     * @throws InvalidFlowException if it holds no valid flow
     */
    public static Flow parse(String file, String text) {
        return parse(new Problems(file), text);
    }

    private static Flow parse(Problems problems, String text) {
        Optional<Flow> flow = YamlDocument.read(text, problems).flatMap(new FlowReader(problems)::read);
        return flow.orElseThrow(() -> new InvalidFlowException(problems.list()));
    }
}
