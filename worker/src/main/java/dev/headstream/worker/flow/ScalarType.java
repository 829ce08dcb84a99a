package dev.headstream.worker.flow;

/** Type of a single value. */
public enum ScalarType {
    STRING,
    INTEGER,
    DECIMAL,
    BOOLEAN,
    DATE
}
