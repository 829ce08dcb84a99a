package dev.headstream.schemas;

/** The registry answered and said no; trying again as it is will not help. */
public class SchemaRegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int errorCode;

    public SchemaRegistryException(int errorCode, String message) {
        super(message);
        this.errorCode = errorCode;
    }

    /** The registry's own error code, for example 40403 (schema not found); the HTTP status where it gave none. */
    public int errorCode() {
        return errorCode;
    }
}
