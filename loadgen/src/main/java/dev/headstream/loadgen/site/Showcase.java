package dev.headstream.loadgen.site;

import java.time.Duration;
import java.util.stream.Collectors;

/** Pages for what portals also have: files, lists in pages, endless lists, frames and dialogs. */
final class Showcase implements Pages {
    private static final int LIST_PAGES = 9;
    private static final int PER_PAGE = 10;
    private static final int FEED_END = 200;

    private final Catalogue catalogue;

    Showcase(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/files", request -> files(""));
        routes.get("/files/report.csv", request -> report());
        routes.post("/files/upload", this::upload);
        routes.get("/list", this::list);
        routes.get("/feed", request -> page("Feed", "feed.html"));
        routes.get("/api/feed", this::feed);
        routes.get("/frames", request -> page("Frames", "frames.html"));
        routes.get("/frames/inner", request -> Reply.html(Template.read("frames-inner.html")));
        routes.get("/dialogs", request -> page("Dialogs", "dialogs.html"));
    }

    private static Reply page(String title, String template) {
        return Reply.html(Layout.page(title, Template.of(template).render()));
    }

    private static Reply.Full files(String received) {
        return Reply.html(Layout.page(
                "Files", Template.of("files.html").with("received", received).render()));
    }

    private Reply report() {
        String rows = catalogue.range(0, 50).stream()
                .map(product -> product.sku() + ";\"" + product.title() + "\";" + product.cents())
                .collect(Collectors.joining("\r\n", "sku;title;cents\r\n", "\r\n"));
        return Reply.text(200, "text/csv; charset=utf-8", rows)
                .with("Content-Disposition", "attachment; filename=\"report.csv\"");
    }

    private Reply upload(Request request) {
        String received = request.uploads().stream()
                .filter(upload -> !upload.fileName().isEmpty())
                .map(upload -> upload.fileName() + " (" + upload.bytes() + " bytes)")
                .collect(Collectors.joining(", "));
        return files(received.isEmpty() ? "No file was chosen." : "Received " + received + ".");
    }

    private Reply list(Request request) {
        int number = request.number("page", 1, 1, LIST_PAGES);
        String items = catalogue.range((number - 1) * PER_PAGE, PER_PAGE).stream()
                .map(Showcase::row)
                .collect(Collectors.joining());
        return Reply.html(Layout.page(
                "Catalogue",
                Template.of("list.html")
                        .with("items", items)
                        .with("page", number)
                        .with("pages", LIST_PAGES)
                        .with("previous", link("previous", "Previous", number - 1))
                        .with("next", link("next", "Next", number + 1))
                        .render()));
    }

    private static String link(String id, String text, int page) {
        return page < 1 || page > LIST_PAGES
                ? "<span class=\"button disabled\">" + text + "</span>"
                : "<a class=\"button\" id=\"" + id + "\" href=\"/list?page=" + page + "\">" + text + "</a>";
    }

    /** The next stretch of the endless list, which does end, so that a flow can be seen to notice. */
    private Reply feed(Request request) {
        int from = request.number("from", 0, 0, FEED_END);
        int count = Math.min(20, FEED_END - from);
        return Reply.text(
                        200,
                        "text/html; charset=utf-8",
                        catalogue.range(from, count).stream().map(Showcase::row).collect(Collectors.joining()))
                .after(Duration.ofMillis(150));
    }

    private static String row(Catalogue.Product product) {
        return Template.of("row.html")
                .with("number", product.number())
                .with("image", product.image())
                .with("title", product.title())
                .with("price", product.price())
                .render();
    }
}
