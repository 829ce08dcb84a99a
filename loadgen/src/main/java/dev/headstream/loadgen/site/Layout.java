package dev.headstream.loadgen.site;

import java.util.Optional;

/** The frame around every page: head, navigation, footer. */
final class Layout {
    private Layout() {}

    static String page(String title, Optional<String> account, String content) {
        String who = account.map(
                        name -> "<a class=\"account\" href=\"/account\">" + Template.escape(name)
                                + "</a><form method=\"post\" action=\"/logout\"><button class=\"quiet\">Sign out</button></form>")
                .orElse("<a class=\"account\" href=\"/login\">Sign in</a>");
        return Template.of("layout.html")
                .with("title", title)
                .with("who", who)
                .with("content", content)
                .render();
    }

    static String page(String title, String content) {
        return page(title, Optional.empty(), content);
    }

    /** A page that only says something. */
    static String message(String title, String text) {
        return page(
                title,
                Template.of("message.html")
                        .with("title", title)
                        .with("text", text)
                        .render());
    }
}
