package dev.headstream.worker.flow;

import dev.headstream.worker.flow.recorder.Recording;
import dev.headstream.worker.flow.yaml.Problems;
import dev.headstream.worker.flow.yaml.YamlDocument;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads flows from YAML files, and recordings of the Chrome DevTools Recorder as flows. All that is wrong with a file is reported together. */
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
            return parse(problems, file.getFileName().toString(), Files.readString(file));
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
        return parse(new Problems(file), file, text);
    }

    /**
     * The flow, as YAML, that does what a recording of the Chrome DevTools Recorder does.
     *
     * @throws InvalidFlowException if the text is no recording
     */
    public static String importRecording(String file, String text) {
        Problems problems = new Problems(file);
        return recording(problems, file, text).toFlow();
    }

    private static Recording recording(Problems problems, String file, String text) {
        return Recording.read(file, text, problems).orElseThrow(() -> new InvalidFlowException(problems.list()));
    }

    private static Flow parse(Problems problems, String file, String text) {
        String yaml = Recording.isRecording(file, text)
                ? recording(problems, file, text).toFlow()
                : text;
        Optional<String> definition = Optional.of(new Fingerprint().add(yaml).digest());
        Optional<Flow> flow = YamlDocument.read(yaml, problems).flatMap(new FlowReader(problems, definition)::read);
        return flow.orElseThrow(() -> new InvalidFlowException(problems.list()));
    }
}
