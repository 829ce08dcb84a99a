package dev.headstream.schemas;

/** No registry answered, or it answered that it cannot now (5xx, 429): trying again later may help. */
public final class SchemaRegistryUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SchemaRegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
