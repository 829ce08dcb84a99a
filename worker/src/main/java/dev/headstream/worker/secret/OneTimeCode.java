package dev.headstream.worker.secret;

import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes time-based one-time passwords (RFC 6238), as authenticator apps do. Immutable; its text form shows nothing.
 */
public final class OneTimeCode {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final Pattern PARAMETER = Pattern.compile("[?&]([a-z]+)=([^&#]*)", Pattern.CASE_INSENSITIVE);
    private static final int[] POWERS = {1_000_000, 10_000_000, 100_000_000};

    private final byte[] key;
    private final String algorithm;
    private final int digits;
    private final int periodSeconds;

    OneTimeCode(byte[] key, String algorithm, int digits, int periodSeconds) {
        if (key.length == 0) {
            throw new IllegalArgumentException("it is empty");
        }
        if (digits < 6 || digits > 8) {
            throw new IllegalArgumentException("'digits' must be 6 to 8, not " + digits);
        }
        if (periodSeconds < 1 || periodSeconds > 3_600) {
            throw new IllegalArgumentException("'period' must be 1 to 3600 seconds, not " + periodSeconds);
        }
        this.key = key.clone();
        this.algorithm = switch (algorithm.toUpperCase(Locale.ROOT).replace("-", "")) {
            case "SHA1" -> "HmacSHA1";
            case "SHA256" -> "HmacSHA256";
            case "SHA512" -> "HmacSHA512";
            default -> throw new IllegalArgumentException("'algorithm' must be SHA1, SHA256 or SHA512");
        };
        this.digits = digits;
        this.periodSeconds = periodSeconds;
    }

    /**
     * Reads what a portal gives to set an app up: a key in base32 (SHA-1, 6 digits, 30 seconds) or an {@code otpauth://totp}
     * address, which says more.
     *
     * @throws IllegalArgumentException saying what is wrong, without the key
     */
    public static OneTimeCode of(String secret) {
        String text = secret.strip();
        if (!text.toLowerCase(Locale.ROOT).startsWith("otpauth:")) {
            return new OneTimeCode(base32(text), "SHA1", 6, 30);
        }
        if (!text.toLowerCase(Locale.ROOT).startsWith("otpauth://totp/")) {
            throw new IllegalArgumentException("an otpauth address must begin with otpauth://totp/");
        }
        String key = "";
        String algorithm = "SHA1";
        int digits = 6;
        int period = 30;
        Matcher parameter = PARAMETER.matcher(text);
        while (parameter.find()) {
            String value = URLDecoder.decode(parameter.group(2), StandardCharsets.UTF_8);
            switch (parameter.group(1).toLowerCase(Locale.ROOT)) {
                case "secret" -> key = value;
                case "algorithm" -> algorithm = value;
                case "digits" -> digits = number("digits", value);
                case "period" -> period = number("period", value);
                default -> {
                    // issuer, image and the like say nothing about the code
                }
            }
        }
        return new OneTimeCode(base32(key), algorithm, digits, period);
    }

    private static int number(String name, String value) {
        if (!value.matches("\\d{1,6}")) {
            throw new IllegalArgumentException("'" + name + "' must be a whole number");
        }
        return Integer.parseInt(value);
    }

    private static byte[] base32(String text) {
        String letters = text.replaceAll("[\\s-]", "").replaceAll("=+$", "").toUpperCase(Locale.ROOT);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int buffer = 0;
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            int value = ALPHABET.indexOf(letters.charAt(i));
            if (value < 0) {
                throw new IllegalArgumentException(
                        "it is not base32, which has the letters A to Z and the digits 2 to 7, nor an otpauth address");
            }
            buffer = (buffer << 5 | value) & 0xfff;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes.write(buffer >> bits & 0xff);
            }
        }
        return bytes.toByteArray();
    }

    /** The code of a moment. */
    public String at(Instant moment) {
        long counter = Math.floorDiv(moment.getEpochSecond(), periodSeconds);
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            byte[] hash =
                    mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(counter).array());
            int offset = hash[hash.length - 1] & 0xf;
            int number = ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & Integer.MAX_VALUE;
            return String.format(Locale.ROOT, "%0" + digits + "d", number % POWERS[digits - 6]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    @Override
    public String toString() {
        return "OneTimeCode[" + algorithm + ", " + digits + " digits, " + periodSeconds + " s]";
    }
}
