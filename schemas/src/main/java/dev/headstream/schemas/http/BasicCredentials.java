package dev.headstream.schemas.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A user and a password for HTTP basic authentication (RFC 7617, UTF-8). Never prints the password. */
public record BasicCredentials(String user, String password) {
    public BasicCredentials {
        if (user.isEmpty() || user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("a user name for basic authentication must be set and hold no colon");
        }
    }

    /** Value of the {@code Authorization} header. */
    String header() {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
        return "BasicCredentials[user=" + user + ", password=***]";
    }
}
