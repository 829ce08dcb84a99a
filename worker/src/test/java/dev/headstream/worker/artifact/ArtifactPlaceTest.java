package dev.headstream.worker.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArtifactPlaceTest {

    @ParameterizedTest
    @CsvSource({
        "s3://jobs,             jobs, ''",
        "s3://jobs/,            jobs, ''",
        "s3://my.jobs/a/b,      my.jobs, a/b/",
        "s3://jobs/a/b/,        jobs, a/b/",
        "s3://jobs//a,          jobs, a/",
    })
    void parse_givenABucket_expectsItsNameAndAPrefixThatEndsWithASlash(String text, String name, String prefix) {
        assertThat(text).matches(ArtifactPlace.PATTERN);
        assertThat(ArtifactPlace.parse(text)).isEqualTo(new ArtifactPlace.Bucket(name, prefix));
    }

    @Test
    void parse_givenADirectory_expectsIt() {
        assertThat("/var/art").matches(ArtifactPlace.PATTERN);
        assertThat(ArtifactPlace.parse("/var/art")).isEqualTo(new ArtifactPlace.Directory(Path.of("/var/art")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3:jobs", "s3:/jobs", "s3://", "s3://Jobs", "s3://a", "s3://jobs/a b"})
    void pattern_givenNoBucket_expectsRefusal(String text) {
        assertThat(text).doesNotMatch(ArtifactPlace.PATTERN);
    }
}
