package dev.headstream.worker.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;

/** A health report as JSON, with 200 if all is up and 503 if anything is down. */
record HealthPage(Supplier<Health.Report> source) implements Page {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    @Override
    public Answer answer(String accept) {
        Health.Report report = source.get();
        return new Answer(report.up() ? OK : UNAVAILABLE, "application/json", json(report));
    }

    private static String json(Health.Report report) {
        ObjectNode document = JSON.createObjectNode().put("status", word(report.up()));
        ArrayNode checks = document.putArray("checks");
        for (Health.Named check : report.checks()) {
            checks.addObject()
                    .put("name", check.name())
                    .put("status", word(check.status().up()))
                    .put("reason", check.status().reason());
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
        } catch (JsonProcessingException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    private static String word(boolean up) {
        return up ? "up" : "down";
    }
}
