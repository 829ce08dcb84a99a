package dev.headstream.loadgen.site;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request, read completely.
 *
 * @param method {@code GET}, {@code POST}, ...
 * @param path decoded path, without the query
 * @param query parameters of the URL; of a repeated one the last counts
 * @param form fields of a form body (urlencoded or multipart), else empty
 * @param uploads files of a multipart body
 * @param cookies cookies by name
 * @param ifNoneMatch the validator of a conditional request, else empty
 */
record Request(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> form,
        List<Upload> uploads,
        Map<String, String> cookies,
        Optional<String> ifNoneMatch) {
    private static final int LARGEST_BODY = 10 << 20;
    private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?");
    private static final Pattern FIELD_NAME = Pattern.compile("[; ]name=\"([^\"]*)\"");
    private static final Pattern FILE_NAME = Pattern.compile("filename=\"([^\"]*)\"");

    /** A file that came with a form. */
    record Upload(String field, String fileName, int bytes) {}

    static Request read(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            throw new IOException("a request body is at most " + LARGEST_BODY + " bytes");
        }
        Map<String, String> form = new LinkedHashMap<>();
        List<Upload> uploads = new ArrayList<>();
        String type = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type"))
                .orElse("");
        Matcher boundary = BOUNDARY.matcher(type);
        if (type.startsWith("multipart/form-data") && boundary.find()) {
            readParts(body, boundary.group(1), form, uploads);
        } else if (type.startsWith("application/x-www-form-urlencoded")) {
            form.putAll(parameters(new String(body, StandardCharsets.UTF_8)));
        }
        return new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                parameters(exchange.getRequestURI().getRawQuery()),
                form,
                uploads,
                cookies(exchange.getRequestHeaders().get("Cookie")),
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("If-None-Match")));
    }

    String parameter(String name, String fallback) {
        return query.getOrDefault(name, fallback);
    }

    /** A whole number of the query within bounds; the fallback if it is missing, malformed or out of bounds. */
    int number(String name, int fallback, int least, int most) {
        try {
            int value = Integer.parseInt(query.getOrDefault(name, ""));
            return value < least || value > most ? fallback : value;
        } catch (NumberFormatException e) {
            return fallback;
        }
    }

    private static Map<String, String> parameters(@Nullable String encoded) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (encoded == null || encoded.isEmpty()) {
            return parameters;
        }
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            parameters.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // a stray % is the visitor's typing, not an error of ours
        }
    }

    private static Map<String, String> cookies(@Nullable List<String> headers) {
        Map<String, String> cookies = new LinkedHashMap<>();
        for (String header : headers == null ? List.<String>of() : headers) {
            for (String cookie : header.split(";", -1)) {
                int equals = cookie.indexOf('=');
                if (equals > 0) {
                    cookies.put(
                            cookie.substring(0, equals).strip(),
                            cookie.substring(equals + 1).strip());
                }
            }
        }
        return cookies;
    }

    /** Latin-1 maps bytes to characters one to one, so that lengths stay right whatever a file holds. */
    private static void readParts(byte[] body, String boundary, Map<String, String> form, List<Upload> uploads) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        for (String part : text.split(Pattern.quote("--" + boundary), -1)) {
            int headerEnd = part.indexOf("\r\n\r\n");
            if (headerEnd < 0 || !part.endsWith("\r\n")) {
                continue;
            }
            String header = utf8(part.substring(0, headerEnd));
            String content = part.substring(headerEnd + 4, part.length() - 2);
            Matcher name = FIELD_NAME.matcher(header);
            Matcher file = FILE_NAME.matcher(header);
            if (name.find() && file.find()) {
                uploads.add(new Upload(name.group(1), file.group(1), content.length()));
            } else if (name.find(0)) {
                form.put(name.group(1), utf8(content));
            }
        }
    }

    private static String utf8(String latin) {
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
