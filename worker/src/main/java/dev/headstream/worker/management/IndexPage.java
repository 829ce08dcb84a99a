package dev.headstream.worker.management;

import java.util.Collection;
import java.util.List;

/** A list of links to the other pages. */
final class IndexPage implements Page {
    private final List<String> paths;

    IndexPage(Collection<String> paths) {
        this.paths = paths.stream().sorted().toList();
    }

    @Override
    public Answer answer(String accept) {
        StringBuilder links = new StringBuilder();
        paths.forEach(path -> links.append("<li><a href=\"" + path + "\">" + path + "</a>\n"));
        return new Answer(
                200,
                "text/html; charset=utf-8",
                "<!doctype html><html lang=\"en\"><title>Headstream worker</title><h1>Headstream worker</h1><ul>\n"
                        + links + "</ul></html>\n");
    }
}
