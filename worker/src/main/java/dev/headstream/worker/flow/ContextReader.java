package dev.headstream.worker.flow;

import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.ContextSpec.Place;
import dev.headstream.worker.browser.ContextSpec.Viewport;
import dev.headstream.worker.flow.ContextRule.BasicAuth;
import dev.headstream.worker.flow.yaml.Suggestions;
import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what the contexts of a flow look like. */
final class ContextReader {
    private static final List<String> PERMISSIONS = List.of(
            "geolocation",
            "notifications",
            "clipboard-read",
            "clipboard-write",
            "camera",
            "microphone",
            "midi",
            "background-sync",
            "accelerometer",
            "gyroscope",
            "magnetometer",
            "storage-access",
            "local-fonts",
            "screen-wake-lock");

    private static final int LARGEST_SIDE = 16_384;

    private ContextReader() {}

    static ContextRule read(YamlMap flow, Set<String> inputs) {
        YamlValue value = flow.get("context");
        YamlMap map = value == null ? null : value.map("'context'", FlowKeys.CONTEXT);
        if (map == null) {
            return ContextRule.DEFAULT;
        }
        ContextSpec plain = ContextSpec.DEFAULT;
        ContextSpec spec = new ContextSpec(
                parsed(map, "locale", ContextReader::languageTag),
                parsed(map, "timezone", ContextReader::zone),
                Optional.ofNullable(map.get("userAgent")).map(text -> text.filled("'userAgent'")),
                viewport(map).orElse(plain.viewport()),
                plain.acceptDownloads(),
                plain.ignoreHttpsErrors(),
                plain.headers(),
                place(map),
                permissions(map),
                plain.credentials(),
                plain.storageState());
        YamlValue console = map.get("console");
        return new ContextRule(
                spec,
                basicAuth(map, flow.has("site"), inputs),
                console != null && Boolean.TRUE.equals(console.flag("'console'")));
    }

    private static Optional<String> parsed(YamlMap map, String key, Function<String, String> parser) {
        YamlValue value = map.get(key);
        return value == null ? Optional.empty() : Optional.ofNullable(value.parsed("'" + key + "'", parser));
    }

    private static String languageTag(String text) {
        try {
            return new Locale.Builder().setLanguageTag(text).build().toLanguageTag();
        } catch (IllformedLocaleException e) {
            throw new IllegalArgumentException("'" + text + "' is not a language tag: write de or de-CH");
        }
    }

    private static String zone(String text) {
        try {
            return ZoneId.of(text).getId();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is not a time zone: write Europe/Zurich or UTC");
        }
    }

    private static Optional<Viewport> viewport(YamlMap map) {
        YamlValue value = map.get("viewport");
        YamlMap sides = value == null ? null : value.map("'viewport'", FlowKeys.VIEWPORT);
        if (sides == null) {
            return Optional.empty();
        }
        YamlValue wide = sides.required("width", "in CSS pixels");
        YamlValue high = sides.required("height", "in CSS pixels");
        Integer width = wide == null ? null : wide.integer("'width'", 1, LARGEST_SIDE);
        Integer height = high == null ? null : high.integer("'height'", 1, LARGEST_SIDE);
        return width == null || height == null ? Optional.empty() : Optional.of(new Viewport(width, height));
    }

    private static Optional<Place> place(YamlMap map) {
        YamlValue value = map.get("geolocation");
        YamlMap place = value == null ? null : value.map("'geolocation'", FlowKeys.GEOLOCATION);
        if (place == null || value == null) {
            return Optional.empty();
        }
        Double latitude = number(place.required("latitude", "in degrees"), "'latitude'");
        Double longitude = number(place.required("longitude", "in degrees"), "'longitude'");
        YamlValue exactness = place.get("accuracy");
        Double accuracy = exactness == null ? Double.valueOf(0) : number(exactness, "'accuracy'");
        if (latitude == null || longitude == null || accuracy == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Place(latitude, longitude, accuracy));
        } catch (IllegalArgumentException e) {
            value.problem(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static @Nullable Double number(@Nullable YamlValue value, String what) {
        return value == null
                ? null
                : value.parsed(what, text -> {
                    try {
                        return Double.valueOf(text);
                    } catch (NumberFormatException e) {
                        throw new IllegalArgumentException(what + " must be a number, not '" + text + "'");
                    }
                });
    }

    private static List<String> permissions(YamlMap map) {
        YamlValue value = map.get("permissions");
        List<String> permissions = new ArrayList<>();
        for (YamlValue item : value == null ? List.<YamlValue>of() : value.list("'permissions'")) {
            String name = item.filled("'permissions'");
            if (name != null && !PERMISSIONS.contains(name)) {
                item.problem("unknown permission '" + name + "'" + Suggestions.hint(name, PERMISSIONS) + " (known: "
                        + String.join(", ", PERMISSIONS) + ")");
            } else if (name != null) {
                permissions.add(name);
            }
        }
        return permissions;
    }

    private static Optional<BasicAuth> basicAuth(YamlMap map, boolean hasSite, Set<String> inputs) {
        YamlValue value = map.get("basicAuth");
        YamlMap login = value == null ? null : value.map("'basicAuth'", FlowKeys.BASIC_AUTH);
        if (login == null || value == null) {
            return Optional.empty();
        }
        if (!hasSite) {
            value.problem("'basicAuth' needs 'site', the one origin that is given the login");
        }
        Scope scope = Scope.ofInputs(inputs);
        YamlValue name = login.required("username", "as in robot or \"${inputs.account}\"");
        YamlValue word = login.required("password", "as in \"${secret:portal}\"");
        Template username = name == null ? null : scope.templateWithSecrets(name, "'username'");
        Template password = word == null ? null : scope.templateWithSecrets(word, "'password'");
        if (password != null && word != null && password.references().noneMatch(Reference::isSecret)) {
            word.problem("'password' must be a secret, as in \"${secret:portal}\": a flow file is no place for one");
        }
        return username == null || password == null ? Optional.empty() : Optional.of(new BasicAuth(username, password));
    }
}
