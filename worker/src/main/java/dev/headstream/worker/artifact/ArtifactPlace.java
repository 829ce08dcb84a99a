package dev.headstream.worker.artifact;

import java.nio.file.Path;

/** Where files of jobs are kept. */
public sealed interface ArtifactPlace {
    /** What may be written for one, as a pattern: a directory, or a bucket with or without a prefix. */
    String PATTERN = "(?!s3:).+|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/\\S*)?";

    /** A local directory. */
    record Directory(Path path) implements ArtifactPlace {}

    /** A bucket of a storage that speaks S3; the prefix is empty or ends with a slash. */
    record Bucket(String name, String prefix) implements ArtifactPlace {
        @Override
        public String toString() {
            return "s3://" + name + "/" + prefix;
        }
    }

    /** Reads what matches the pattern. */
    static ArtifactPlace parse(String text) {
        if (!text.startsWith("s3://")) {
            return new Directory(Path.of(text));
        }
        String[] parts = text.substring("s3://".length()).split("/+", 2);
        String prefix = parts.length < 2 || parts[1].isEmpty() || parts[1].endsWith("/") ? last(parts) : parts[1] + "/";
        return new Bucket(parts[0], prefix);
    }

    private static String last(String[] parts) {
        return parts.length < 2 ? "" : parts[1];
    }
}
