package dev.headstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.schemas.http.BasicCredentials;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

class SchemaRegistryConfigTest {
    @Test
    void of_givenUrlsOnly_expectsDefaults() {
        SchemaRegistryConfig config =
                SchemaRegistryConfig.of(Map.of("schema.registry.url", "http://a:8081/, https://b/apis/ccompat/v7"));

        assertThat(config)
                .isEqualTo(new SchemaRegistryConfig(
                        List.of(URI.create("http://a:8081"), URI.create("https://b/apis/ccompat/v7")),
                        null,
                        Map.of(),
                        Duration.ofSeconds(10)));
    }

    @Test
    void of_givenUserInUrl_expectsItTakenOutOfTheUrl() {
        SchemaRegistryConfig config = SchemaRegistryConfig.ofUrl("http://me:p%40ss@a:8081,http://b:8081");

        assertThat(config.credentials()).isEqualTo(new BasicCredentials("me", "p@ss"));
        assertThat(config.urls()).containsExactly(URI.create("http://a:8081"), URI.create("http://b:8081"));
    }

    @Test
    void of_givenUserInfo_expectsIt() {
        assertThat(SchemaRegistryConfig.of(Map.of(
                                "schema.registry.url",
                                List.of("http://a"),
                                "basic.auth.credentials.source",
                                "USER_INFO",
                                "basic.auth.user.info",
                                new Password("me:a:b")))
                        .credentials())
                .isEqualTo(new BasicCredentials("me", "a:b"));
    }

    @Test
    void of_givenSaslInherit_expectsCredentialsOfTheBroker() {
        String jaas = "org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"me\" password=\"a\\\"b\\\\c\";";

        assertThat(SchemaRegistryConfig.of(Map.of(
                                "schema.registry.url",
                                "http://a",
                                "basic.auth.credentials.source",
                                "SASL_INHERIT",
                                "sasl.jaas.config",
                                new Password(jaas)))
                        .credentials())
                .isEqualTo(new BasicCredentials("me", "a\"b\\c"));
    }

    @Test
    void of_givenTlsKeys_expectsThemUnderKafkasNames() {
        assertThat(SchemaRegistryConfig.of(Map.of(
                                "schema.registry.url",
                                "https://a",
                                "schema.registry.ssl.truststore.location",
                                "/t.pem",
                                "ssl.truststore.location",
                                "/of-the-brokers.pem"))
                        .tls())
                .isEqualTo(Map.of("ssl.truststore.location", "/t.pem"));
    }

    @Test
    void of_givenSeveralMistakes_expectsAllNamedWithTheirKeys() {
        assertThatThrownBy(() -> SchemaRegistryConfig.of(Map.of(
                        "schema.registry.url",
                        "ftp://me:secret@a",
                        "basic.auth.credentials.source",
                        "MAGIC",
                        "schema.registry.request.timeout.ms",
                        "0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("schema.registry.url: ftp://***@a")
                .hasMessageContaining("basic.auth.credentials.source: must be")
                .hasMessageContaining("schema.registry.request.timeout.ms: must be")
                .hasMessageNotContaining("secret");
    }

    @Test
    void of_givenNoUrl_expectsTheKeyAndAnExample() {
        assertThatThrownBy(() -> SchemaRegistryConfig.of(Map.of()))
                .hasMessageContaining("schema.registry.url is missing")
                .hasMessageContaining("http://localhost:8081");
    }

    @Test
    void toString_givenSecrets_expectsNoneOfThem() {
        SchemaRegistryConfig config = SchemaRegistryConfig.of(Map.of(
                "schema.registry.url",
                "https://me:hidden@a",
                "schema.registry.ssl.truststore.password",
                new Password("concealed")));

        assertThat(config.toString())
                .contains("https://a", "me", "ssl.truststore.password")
                .doesNotContain("hidden", "concealed");
    }
}
