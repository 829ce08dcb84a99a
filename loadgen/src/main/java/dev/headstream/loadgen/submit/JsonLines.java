package dev.headstream.loadgen.submit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.loadgen.submit.JobFile.Visitor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** One JSON object a line. */
final class JsonLines {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private JsonLines() {}

    static void read(Path path, JobDefaults defaults, Instant now, Visitor visitor) throws IOException {
        long number = 0;
        try (BufferedReader reader = Files.newBufferedReader(path)) {
            String line = reader.readLine();
            while (line != null) {
                number++;
                if (number == 1 && line.startsWith("\uFEFF")) {
                    line = line.substring(1);
                }
                if (!line.isBlank()) {
                    read(line, number, defaults, now, visitor);
                }
                line = reader.readLine();
            }
        } catch (MalformedInputException notUtf8) {
            visitor.problem(number + 1, "is not UTF-8 text");
        }
    }

    private static void read(String line, long number, JobDefaults defaults, Instant now, Visitor visitor) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JsonProcessingException wrong) {
            visitor.problem(number, "is no JSON: " + wrong.getOriginalMessage() + column(wrong));
            return;
        }
        if (node instanceof ObjectNode fields) {
            JobFile.visit(visitor, number, JobFields.read(fields, defaults, now));
        } else {
            visitor.problem(
                    number, "must be a JSON object such as {\"jobId\":\"a-1\",\"inputs\":{\"query\":\"shoes\"}}");
        }
    }

    private static String column(JsonProcessingException wrong) {
        return wrong.getLocation() == null
                ? ""
                : " (column " + wrong.getLocation().getColumnNr() + ")";
    }
}
