package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.headstream.v1.JobRequested;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.InputSpec;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.secret.Masking;
import dev.headstream.worker.secret.OneTimeCode;
import dev.headstream.worker.secret.SecretReferences;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The values that references stand for in one run. Learns secrets for the masking as they are used. */
final class Variables {
    private final Flow flow;
    private final JobRequested request;
    private final SecretReferences secrets;
    private final Masking masking;
    private final Clock clock;
    private final Map<String, JsonNode> values = new HashMap<>();
    private final Map<String, Map<String, JsonNode>> byStep = new HashMap<>();

    Variables(Flow flow, JobRequested request, SecretReferences secrets, Masking masking, Clock clock) {
        this.clock = clock;
        this.flow = flow;
        this.request = request;
        this.secrets = secrets;
        this.masking = masking;
    }

    void set(String step, Map<String, JsonNode> stepValues) {
        values.putAll(stepValues);
        byStep.computeIfAbsent(step, unused -> new HashMap<>()).putAll(stepValues);
    }

    Optional<JsonNode> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** What a step has set. */
    Optional<JsonNode> get(String step, String name) {
        return Optional.ofNullable(byStep.getOrDefault(step, Map.of()).get(name));
    }

    /** What a reference outside of any step stands for. */
    String resolve(Reference reference) {
        return resolve(reference, "");
    }

    /** What a reference stands for within a step. */
    String resolve(Reference reference, String step) {
        if (reference instanceof Reference.Input input) {
            return input(flow, request, input.name());
        }
        if (reference instanceof Reference.Variable variable) {
            return text(values.getOrDefault(variable.name(), NullNode.instance));
        }
        if (reference instanceof Reference.StepVariable variable) {
            return text(
                    byStep.getOrDefault(variable.step(), Map.of()).getOrDefault(variable.name(), NullNode.instance));
        }
        if (reference instanceof Reference.Secret secret) {
            return secret(secret.name());
        }
        if (reference instanceof Reference.Totp totp) {
            return code(totp.secret());
        }
        if (reference instanceof Reference.Site) {
            return flow.site()
                    .map(site -> site.render(inner -> resolve(inner, step)))
                    .orElse("");
        }
        String jobId = request.getJobId();
        return reference instanceof Reference.StepKey ? jobId + "/" + step : jobId;
    }

    /** What makes two references equal: a one-time code changes, what it is made of does not. */
    String identity(Reference reference, String step) {
        return reference instanceof Reference.Totp totp ? secret(totp.secret()) : resolve(reference, step);
    }

    /** What a job was given for an input, else its default. */
    static String input(Flow flow, JobRequested request, String name) {
        String given = request.getInputs().get(name);
        if (given != null) {
            return given;
        }
        InputSpec spec = flow.inputs().get(name);
        return spec == null ? "" : spec.defaultValue().orElse("");
    }

    /** Learns the secrets of a step that is not run: a page that it led to may show them all the same. */
    void learnSecretsOf(Step step) {
        learnSecretsOf(step, masking);
    }

    /** Has a masking learn all secrets of the flow, also of steps to come. */
    void learnSecrets(Masking learner) {
        flow.steps().forEach(step -> learnSecretsOf(step, learner));
    }

    private void learnSecretsOf(Step step, Masking learner) {
        step.uses().forEach(use -> {
            if (use instanceof Reference.Secret secret) {
                secrets.find(secret.name()).ifPresent(learner::learn);
            } else if (use instanceof Reference.Totp totp) {
                secrets.find(totp.secret()).ifPresent(learner::learn);
            }
        });
    }

    private String secret(String name) {
        String value = secrets.find(name)
                .orElseThrow(() -> new StepFailureException(
                        FailureKind.SECRET_MISSING,
                        "there is no secret '" + name + "': put it into " + secrets.whereToPut(name)));
        masking.learn(value);
        return value;
    }

    private String code(String name) {
        try {
            String code = OneTimeCode.of(secret(name)).at(clock.instant());
            masking.learn(code);
            return code;
        } catch (IllegalArgumentException e) {
            throw new StepFailureException(
                    FailureKind.SECRET_MISSING,
                    "no one-time codes can be made of the secret '" + name + "': " + e.getMessage());
        }
    }

    private static String text(JsonNode value) {
        return value.isNull() ? "" : value.isValueNode() ? value.asText() : value.toString();
    }
}
