package dev.headstream.loadgen.site;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Style, scripts and pictures with the weight of an ordinary portal: about 90 KB of script and twelve small pictures,
 * cacheable and with validators. Immutable.
 */
final class Assets {
    private static final int VENDOR_BYTES = 84 * 1024;

    private final Map<String, Asset> byPath = new HashMap<>();

    private record Asset(String contentType, Body body, String etag) {}

    Assets() {
        add("/assets/site.css", "text/css; charset=utf-8", Template.read("site.css"));
        add("/assets/app.js", "text/javascript; charset=utf-8", Template.read("app.js"));
        add("/assets/vendor.js", "text/javascript; charset=utf-8", vendorScript());
        for (int image = 0; image < Catalogue.IMAGES; image++) {
            add("/assets/product-" + image + ".svg", "image/svg+xml", picture(image));
        }
        add("/favicon.ico", "image/svg+xml", picture(3));
    }

    Optional<Reply> find(Request request) {
        Asset asset = byPath.get(request.path());
        if (asset == null) {
            return Optional.empty();
        }
        boolean unchanged = request.ifNoneMatch()
                .filter(validator -> validator.equals(asset.etag()))
                .isPresent();
        Reply.Full reply = unchanged
                ? Reply.of(304, asset.contentType(), Body.NONE)
                : Reply.of(200, asset.contentType(), asset.body());
        return Optional.of(reply.with("Cache-Control", "public, max-age=3600").with("ETag", asset.etag()));
    }

    private void add(String path, String contentType, String text) {
        Body body = Body.of(text);
        String etag = "\"" + HexFormat.of().toHexDigits(text.hashCode()) + "-" + body.length() + "\"";
        byPath.put(path, new Asset(contentType, body, etag));
    }

    /** Script that a browser must parse, compile and partly run, as the frameworks of real portals make it. */
    private static String vendorScript() {
        SplittableRandom random = new SplittableRandom(7);
        StringBuilder script = new StringBuilder(VENDOR_BYTES + 1024)
                .append("/* Stands for the framework code of an ordinary portal. */\n(function (registry) {\n");
        int functions = 0;
        while (script.length() < VENDOR_BYTES) {
            script.append(String.format(
                    Locale.ROOT,
                    "  registry['module%1$d'] = function (state, event) {%n"
                            + "    var next = { id: %2$d, kind: 'component-%1$d', listeners: [], cost: state.cost + %3$d };%n"
                            + "    if (event && event.type === 'mount-%1$d') { next.listeners.push(function (value) {"
                            + " return value * %2$d + next.cost; }); }%n"
                            + "    for (var i = 0; i < %3$d; i++) { next.cost = (next.cost * 31 + i) %% 65521; }%n"
                            + "    return Object.assign({}, state, next);%n  };%n",
                    functions,
                    random.nextInt(10_000),
                    5 + random.nextInt(40)));
            functions++;
        }
        return script.append("  var state = { cost: 1 };\n  Object.keys(registry).forEach(function (name) {")
                .append(" state = registry[name](state, { type: name }); });\n  registry.state = state;\n")
                .append("})(window.vendor = window.vendor || {});\n")
                .toString();
    }

    private static String picture(int image) {
        SplittableRandom random = new SplittableRandom(1_000 + image);
        int hue = image * 360 / Catalogue.IMAGES;
        StringBuilder shapes = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            int x = random.nextInt(160);
            int y = random.nextInt(120);
            int size = 8 + random.nextInt(34);
            int tone = (hue + random.nextInt(50)) % 360;
            shapes.append(
                    i % 3 == 0
                            ? String.format(
                                    Locale.ROOT,
                                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"hsl(%d 60%% 62%%)\""
                                            + " opacity=\".45\"/>%n",
                                    x - size,
                                    y - size / 2,
                                    size * 2,
                                    size,
                                    tone)
                            : String.format(
                                    Locale.ROOT,
                                    "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"hsl(%d 70%% 70%%)\" opacity=\".4\"/>%n",
                                    x,
                                    y,
                                    size,
                                    tone));
        }
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 160 120\" width=\"160\" height=\"120\">"
                        + "<defs><linearGradient id=\"g\" x2=\"1\" y2=\"1\"><stop stop-color=\"hsl(%1$d 55%% 46%%)\"/>"
                        + "<stop offset=\"1\" stop-color=\"hsl(%2$d 60%% 30%%)\"/></linearGradient></defs>"
                        + "<rect width=\"160\" height=\"120\" fill=\"url(#g)\"/>%n%3$s</svg>",
                hue,
                (hue + 40) % 360,
                shapes);
    }
}
