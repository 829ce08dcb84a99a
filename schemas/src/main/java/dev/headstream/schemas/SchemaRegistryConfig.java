package dev.headstream.schemas;

import dev.headstream.schemas.http.BasicCredentials;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the schema registry. Prints neither passwords nor the values of TLS settings.
 *
 * @param urls base URLs of equal registries, for example {@code http://registry:8081} or
 *     {@code https://apicurio:8080/apis/ccompat/v7}; at least one
 * @param credentials for HTTP basic authentication, or null for none
 * @param tls Kafka's client settings ({@code ssl.truststore.location} and so on); empty for the JVM's own trust store
 * @param requestTimeout for one call with all its retries
 */
public record SchemaRegistryConfig(
        List<URI> urls, @Nullable BasicCredentials credentials, Map<String, String> tls, Duration requestTimeout) {

    /** Base URLs of the registries, separated by commas. Required. */
    public static final String URL = "schema.registry.url";
    /** Where the credentials are: {@code URL} (default), {@code USER_INFO} or {@code SASL_INHERIT}. */
    public static final String CREDENTIALS_SOURCE = "basic.auth.credentials.source";
    /** {@code user:password}, for {@code USER_INFO}. */
    public static final String USER_INFO = "basic.auth.user.info";
    /** Bound of one call with all its retries, in milliseconds; 10000 by default. Ours, not one of Confluent's. */
    public static final String REQUEST_TIMEOUT = "schema.registry.request.timeout.ms";

    private static final String TLS_PREFIX = "schema.registry.ssl.";
    private static final String SASL_JAAS_CONFIG = "sasl.jaas.config";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern JAAS_OPTION =
            Pattern.compile("\\b(username|password)\\s*=\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

    public SchemaRegistryConfig {
        if (urls.isEmpty()) {
            throw new IllegalArgumentException(URL + ": at least one URL is needed");
        }
        for (URI url : urls) {
            if (url.getUserInfo() != null) {
                throw new IllegalArgumentException(URL + ": give the credentials apart from " + printable(url));
            }
        }
        if (requestTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(REQUEST_TIMEOUT + ": must be at least 1 ms, not " + requestTimeout);
        }
        urls = List.copyOf(urls);
        tls = Map.copyOf(tls);
    }

    /** A registry without credentials or TLS settings of its own; several URLs are separated by commas. */
    public static SchemaRegistryConfig ofUrl(String urls) {
        return of(Map.of(URL, urls));
    }

    /**
     * Reads Confluent's configuration keys; other keys are left alone, because Kafka hands a serialiser all of its client's.
     *
     * @throws IllegalArgumentException naming every problem with its key
     */
    public static SchemaRegistryConfig of(Map<String, ?> properties) {
        List<String> problems = new ArrayList<>();
        Map<URI, String> userInfoByUrl = urls(text(properties, URL), problems);
        BasicCredentials credentials = credentials(properties, userInfoByUrl, problems);
        Duration timeout = timeout(text(properties, REQUEST_TIMEOUT), problems);
        Map<String, String> tls = new HashMap<>();
        for (String key : new TreeSet<>(properties.keySet())) {
            if (key.startsWith(TLS_PREFIX) && properties.get(key) != null) {
                tls.put(key.substring("schema.registry.".length()), text(properties, key));
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return new SchemaRegistryConfig(List.copyOf(userInfoByUrl.keySet()), credentials, tls, timeout);
    }

    @Override
    public String toString() {
        return "SchemaRegistryConfig[urls=" + urls + ", credentials=" + credentials + ", tls="
                + new TreeSet<>(tls.keySet()) + ", requestTimeout=" + requestTimeout + "]";
    }

    private static Map<URI, String> urls(String list, List<String> problems) {
        Map<URI, String> userInfoByUrl = new LinkedHashMap<>();
        for (String entry : list.split(",", -1)) {
            String trimmed = entry.strip().replaceAll("/+$", "");
            if (trimmed.isEmpty()) {
                continue;
            }
            try {
                URI given = new URI(trimmed);
                boolean http =
                        "http".equalsIgnoreCase(given.getScheme()) || "https".equalsIgnoreCase(given.getScheme());
                if (!http || given.getHost() == null || given.getQuery() != null || given.getFragment() != null) {
                    problems.add(URL + ": " + printable(given) + " is not an http or https URL of a registry");
                    continue;
                }
                URI url =
                        new URI(given.getScheme(), null, given.getHost(), given.getPort(), given.getPath(), null, null);
                userInfoByUrl.put(url, given.getUserInfo() == null ? "" : given.getUserInfo());
            } catch (URISyntaxException e) {
                // the entry itself may hold a password
                problems.add(URL + ": an entry is not a URL: " + e.getReason() + " at character " + e.getIndex());
            }
        }
        if (userInfoByUrl.isEmpty() && problems.isEmpty()) {
            problems.add(
                    URL + " is missing: give the base URL of a schema registry, for example http://localhost:8081");
        }
        return userInfoByUrl;
    }

    private static @Nullable BasicCredentials credentials(
            Map<String, ?> properties, Map<URI, String> userInfoByUrl, List<String> problems) {
        String source = text(properties, CREDENTIALS_SOURCE);
        return switch (source.isEmpty() ? "URL" : source) {
            case "URL" -> urlCredentials(userInfoByUrl, problems);
            case "USER_INFO" -> userInfo(USER_INFO, text(properties, USER_INFO), problems);
            case "SASL_INHERIT" -> saslCredentials(text(properties, SASL_JAAS_CONFIG), problems);
            default -> {
                problems.add(CREDENTIALS_SOURCE + ": must be URL, USER_INFO or SASL_INHERIT, not " + source);
                yield null;
            }
        };
    }

    private static @Nullable BasicCredentials urlCredentials(Map<URI, String> userInfoByUrl, List<String> problems) {
        Set<String> given = new TreeSet<>(userInfoByUrl.values());
        given.remove("");
        if (given.size() > 1) {
            problems.add(URL + ": all URLs must carry the same credentials, or only one of them any");
        }
        return given.size() == 1 ? userInfo(URL, given.iterator().next(), problems) : null;
    }

    private static @Nullable BasicCredentials saslCredentials(String jaas, List<String> problems) {
        Map<String, String> options = new HashMap<>();
        Matcher matcher = JAAS_OPTION.matcher(jaas);
        while (matcher.find()) {
            options.put(matcher.group(1), matcher.group(2).replaceAll("\\\\(.)", "$1"));
        }
        String user = options.get("username");
        String password = options.get("password");
        if (user == null || password == null) {
            problems.add(CREDENTIALS_SOURCE + "=SASL_INHERIT needs " + SASL_JAAS_CONFIG
                    + " with username=\"...\" and password=\"...\"");
            return null;
        }
        return new BasicCredentials(user, password);
    }

    private static @Nullable BasicCredentials userInfo(String key, String userInfo, List<String> problems) {
        int colon = userInfo.indexOf(':');
        if (colon < 1) {
            problems.add(key + ": credentials must be given as user:password");
            return null;
        }
        return new BasicCredentials(userInfo.substring(0, colon), userInfo.substring(colon + 1));
    }

    private static Duration timeout(String millis, List<String> problems) {
        if (millis.isEmpty()) {
            return DEFAULT_TIMEOUT;
        }
        try {
            long value = Long.parseLong(millis);
            if (value >= 1) {
                return Duration.ofMillis(value);
            }
        } catch (NumberFormatException e) {
            // reported below like a number out of range
        }
        problems.add(REQUEST_TIMEOUT + ": must be a number of milliseconds, at least 1, not " + millis);
        return DEFAULT_TIMEOUT;
    }

    /** Empty where the key is missing. */
    private static String text(Map<String, ?> properties, String key) {
        Object value = properties.get(key);
        if (value instanceof Password password) {
            return password.value().strip();
        }
        if (value instanceof Collection<?> values) {
            return values.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return value == null ? "" : value.toString().strip();
    }

    private static String printable(URI url) {
        return url.getRawUserInfo() == null ? url.toString() : url.toString().replace(url.getRawUserInfo(), "***");
    }
}
