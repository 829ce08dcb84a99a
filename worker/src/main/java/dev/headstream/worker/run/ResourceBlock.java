package dev.headstream.worker.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import dev.headstream.worker.egress.HostPattern;
import dev.headstream.worker.flow.Blocked;
import dev.headstream.worker.flow.Flow;
import java.util.List;

/**
 * Keeps a page from loading what its flow does without. Chromium decides by patterns that it is given once: no request is
 * asked about, as each one would be that is routed, and the HTTP cache stays on. The patterns take Network.enable, though, and so
 * the events of the page's requests come to the lane a second time. For the page that a job begins with, and its
 * frames of the same site; not for windows that it opens.
 */
final class ResourceBlock {
    private ResourceBlock() {}

    /** Blocks what the flow declares until the page closes; nothing to do for a flow that declares nothing. */
    static void on(Page page, Flow flow) {
        if (flow.block().isEmpty()) {
            return;
        }
        CDPSession session = page.context().newCDPSession(page);
        JsonObject nothingKept = new JsonObject();
        for (String buffer : List.of("maxTotalBufferSize", "maxResourceBufferSize", "maxPostDataSize")) {
            nothingKept.addProperty(buffer, 0);
        }
        session.send("Network.enable", nothingKept);
        JsonObject blocked = new JsonObject();
        blocked.add("urlPatterns", patterns(flow));
        session.send("Network.setBlockedURLs", blocked);
    }

    /** The first that matches decides. */
    private static JsonArray patterns(Flow flow) {
        JsonArray patterns = new JsonArray();
        for (Blocked kind : flow.block()) {
            kind.extensions().forEach(end -> patterns.add(pattern("http{s}?://*:*/*." + end, true)));
        }
        if (flow.block().contains(Blocked.THIRD_PARTY)) {
            flow.allowedHosts().allowed().forEach(host -> ofHost(host)
                    .forEach(own -> patterns.add(pattern(own, false))));
            patterns.add(pattern("http{s}?://*:*/*", true));
        }
        return patterns;
    }

    /** One a scheme, for only a literal one lets its default port be the same as none; colons within IPv6 begin no name. */
    static List<String> ofHost(HostPattern host) {
        String name = (host.belowOnly() ? "*." : "") + host.host().replace(":", "\\:");
        String port = host.port().isPresent() ? String.valueOf(host.port().getAsInt()) : "*";
        return List.of("http://" + name + ":" + port + "/*", "https://" + name + ":" + port + "/*");
    }

    private static JsonObject pattern(String urls, boolean block) {
        JsonObject pattern = new JsonObject();
        pattern.addProperty("urlPattern", urls);
        pattern.addProperty("block", block);
        return pattern;
    }
}
