package dev.headstream.worker.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that give a job its inputs; what stands on the command line wins over the file. */
final class JobInputs {
    @Option(
            names = {"-i", "--input"},
            paramLabel = "NAME=VALUE",
            description = "An input of the flow; may be repeated.")
    private Map<String, String> given = new LinkedHashMap<>();

    @Option(
            names = "--inputs-file",
            paramLabel = "FILE",
            description = "A JSON object with inputs, as in {\"query\": \"lamp\"}.")
    private @Nullable Path file;

    /**
     * All inputs.
     *
     * @throws IllegalArgumentException saying what is wrong with the file
     */
    Map<String, String> read() {
        Map<String, String> inputs = file == null ? new LinkedHashMap<>() : fromFile(file);
        inputs.putAll(given);
        return inputs;
    }

    private static Map<String, String> fromFile(Path file) {
        Map<String, String> inputs = new LinkedHashMap<>();
        JsonNode root = parse(file);
        if (!root.isObject()) {
            throw new IllegalArgumentException(file + ": must hold a JSON object, as in {\"query\": \"lamp\"}");
        }
        root.properties().forEach(entry -> {
            if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
                throw new IllegalArgumentException(
                        file + ": '" + entry.getKey() + "' must be a text, a number, true or false");
            }
            inputs.put(entry.getKey(), entry.getValue().asText());
        });
        return inputs;
    }

    private static JsonNode parse(Path file) {
        try {
            return new ObjectMapper().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read: " + e, e);
        }
    }
}
