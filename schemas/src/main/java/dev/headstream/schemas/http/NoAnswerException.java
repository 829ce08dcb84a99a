package dev.headstream.schemas.http;

import java.io.IOException;

/** No endpoint gave an answer in time; the message says of each why not. */
public final class NoAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message, Throwable cause) {
        super(message, cause);
    }
}
