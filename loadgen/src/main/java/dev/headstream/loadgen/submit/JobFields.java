package dev.headstream.loadgen.submit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.loadgen.console.Times;
import dev.headstream.v1.JobRequested;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads one job event out of named fields. All problems of a job are found together. What is checked here is the contract of
 * the event; whether the flow exists and takes these inputs is the worker's to say.
 */
final class JobFields {
    private static final int LONGEST_ID = 200;
    private static final int MOST_ATTEMPTS = 100;
    private static final Set<String> KNOWN = Set.of(
            "jobId", "flow", "inputs", "sessionKey", "deadline", "maxAttempts", "labels", "testRecord", "submittedAt");

    private final ObjectNode fields;
    private final JobDefaults defaults;
    private final Instant now;
    private final List<String> problems = new ArrayList<>();

    private JobFields(ObjectNode fields, JobDefaults defaults, Instant now) {
        this.fields = fields;
        this.defaults = defaults;
        this.now = now;
    }

    static Reading read(ObjectNode fields, JobDefaults defaults, Instant now) {
        return new JobFields(fields, defaults, now).read();
    }

    private Reading read() {
        fields.fieldNames().forEachRemaining(this::checkName);
        String jobId = text("jobId", UUID.randomUUID().toString());
        if (jobId == null || jobId.isBlank() || jobId.length() > LONGEST_ID) {
            problems.add("jobId must have 1 to " + LONGEST_ID + " characters");
        }
        String flow = text("flow", defaults.flow());
        if (flow == null || flow.isBlank()) {
            problems.add("flow is missing: name it here, or for all jobs on the command line");
        }
        JobRequested job = JobRequested.newBuilder()
                .setJobId(jobId == null ? "" : jobId)
                .setFlow(flow == null ? "" : flow)
                .setInputs(texts("inputs", defaults.inputs()))
                .setSessionKey(text("sessionKey", defaults.sessionKey()))
                .setDeadline(deadline())
                .setMaxAttempts(maxAttempts())
                .setLabels(texts("labels", defaults.labels()))
                .setSubmittedAt(now)
                .setTestRecord(testRecord())
                .build();
        return problems.isEmpty() ? new Reading.Valid(job) : new Reading.Invalid(problems);
    }

    private void checkName(String name) {
        if (!KNOWN.contains(name)) {
            problems.add("unknown field " + name + "; there are jobId, flow, inputs, sessionKey, deadline, maxAttempts,"
                    + " labels and testRecord");
        }
    }

    private @Nullable String text(String name, @Nullable String otherwise) {
        JsonNode value = fields.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isTextual() && !value.isNumber()) {
            problems.add(name + " must be text, not " + kind(value));
            return otherwise;
        }
        return value.asText();
    }

    private Map<String, String> texts(String name, Map<String, String> defaultTexts) {
        Map<String, String> texts = new TreeMap<>(defaultTexts);
        JsonNode object = fields.path(name);
        if (object.isMissingNode() || object.isNull()) {
            return texts;
        }
        if (!object.isObject()) {
            problems.add(name + " must be an object of texts, not " + kind(object));
            return texts;
        }
        object.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (value.isContainerNode()) {
                problems.add(name + "." + entry.getKey() + " must be text, a number or true/false, not " + kind(value));
            } else if (!value.isNull()) {
                texts.put(entry.getKey(), value.asText());
            }
        });
        return texts;
    }

    private @Nullable Instant deadline() {
        JsonNode value = fields.path("deadline");
        if (value.isMissingNode() || value.isNull()) {
            return defaults.deadline();
        }
        Instant deadline;
        try {
            deadline =
                    value.isIntegralNumber() ? Instant.ofEpochMilli(value.asLong()) : Times.future(value.asText(), now);
        } catch (IllegalArgumentException wrong) {
            problems.add("deadline: " + wrong.getMessage());
            return null;
        }
        if (!deadline.isAfter(now)) {
            problems.add("deadline " + deadline + " has passed already");
        }
        return deadline;
    }

    private int maxAttempts() {
        JsonNode value = fields.path("maxAttempts");
        if (value.isMissingNode() || value.isNull()) {
            return defaults.maxAttempts();
        }
        int attempts = value.asInt(0);
        boolean whole =
                value.isIntegralNumber() || (value.isTextual() && value.asText().matches("\\d{1,3}"));
        if (!whole || attempts < 1 || attempts > MOST_ATTEMPTS) {
            problems.add("maxAttempts must be a number from 1 to " + MOST_ATTEMPTS + ", not " + value.asText());
            return defaults.maxAttempts();
        }
        return attempts;
    }

    private boolean testRecord() {
        JsonNode value = fields.path("testRecord");
        if (value.isMissingNode() || value.isNull()) {
            return defaults.testRecord();
        }
        if (value.isBoolean() || value.asText().equals("true") || value.asText().equals("false")) {
            return value.asBoolean() || defaults.testRecord();
        }
        problems.add("testRecord must be true or false, not " + value.asText());
        return false;
    }

    private static String kind(JsonNode value) {
        return value.isObject() ? "an object" : value.isArray() ? "a list" : value.toString();
    }

    /** What became of one job's fields. */
    sealed interface Reading {
        /** A job that can be sent. */
        record Valid(JobRequested job) implements Reading {}

        /** Why it cannot be sent. */
        record Invalid(List<String> problems) implements Reading {
            public Invalid {
                problems = List.copyOf(problems);
            }
        }
    }
}
