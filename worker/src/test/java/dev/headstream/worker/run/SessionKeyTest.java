package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.v1.JobRequested;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.secret.SecretReferences;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may go on in whose logged-in context. */
final class SessionKeyTest {
    private static final Map<String, String> ADA = Map.of("account", "ada", "user", "u1", "tenant", "t1");

    @ParameterizedTest
    @CsvSource({"account,bob", "user,u2", "tenant,t2", "region,us"})
    void sessionKey_givenAnotherInputOfTheLoginOrBeforeIt_expectsAnotherKey(String input, String value) {
        assertThat(key(", login: login", with(input, value), "1234")).isNotEqualTo(key(", login: login", ADA, "1234"));
    }

    @ParameterizedTest
    @ValueSource(strings = {", login: login", ""})
    void sessionKey_givenAnotherSecretOfTheLogin_expectsAnotherKeyAndNoSecretInIt(String login) {
        assertThat(key(login, ADA, "9999"))
                .isNotEqualTo(key(login, ADA, "1234"))
                .doesNotContain("9999", "ada");
    }

    @Test
    void sessionKey_givenAnotherInputOfALaterStep_expectsTheSameKey() {
        assertThat(key(", login: login", with("query", "lamp"), "1234")).isEqualTo(key(", login: login", ADA, "1234"));
    }

    private static Map<String, String> with(String input, String value) {
        Map<String, String> inputs = new HashMap<>(ADA);
        inputs.put(input, value);
        return inputs;
    }

    private static String key(String login, Map<String, String> inputs, String pin) {
        Flow flow = FlowFiles.parse(
                "portal.yaml",
                """
                flow: portal
                version: 1
                site: "https://${inputs.region}.portal.example"
                allowedHosts: ["*.portal.example"]
                inputs:
                  account: string
                  user: string
                  tenant: string
                  region: {type: string, default: eu}
                  query: {type: string, default: desk}
                session: {key: "${inputs.account}"%s}
                steps:
                  - name: choose
                    effect: idempotent
                    do: [{navigate: "/tenants/${inputs.tenant}"}]
                  - name: login
                    effect: idempotent
                    do:
                      - navigate: /login
                      - fill: {selector: "#user", value: "${inputs.user}"}
                      - fill: {selector: "#pin", value: "${secret:pin}"}
                  - name: look
                    effect: read
                    do: [{navigate: "/search/${inputs.query}"}]
                """
                        .formatted(login));
        FlowRunner runner = FlowRunner.of(
                new SecretReferences(Map.of("HEADSTREAM_SECRET_PIN", pin), null), (job, name, type, bytes) -> {
                    throw new AssertionError("no file is made");
                });
        JobRequested request =
                new JobRequested("job", flow.name(), inputs, null, null, 3, Map.of(), Instant.EPOCH, false);
        return runner.sessionKey(flow, request).orElseThrow();
    }
}
