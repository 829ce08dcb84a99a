package dev.headstream.worker.command;

import dev.headstream.pipeline.Outcome;
import dev.headstream.worker.command.RunRecord.Ending;
import dev.headstream.worker.command.RunRecord.Entry;
import dev.headstream.worker.command.RunRecord.StepEntry;
import dev.headstream.worker.flow.Flow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;

/**
 * One run as a page that needs nothing else: its steps and actions along their time, with a picture after each action.
 * What is in it has been masked before; everything is escaped.
 */
final class TracePage {
    private static final String STYLE =
            """
            :root { color-scheme: light dark; --line: #8884; --bar: #3b82f6; --slow: #d97706; --bad: #e11d48; }
            body { font: 15px/1.45 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1.25rem; }
            h1 { font-size: 1.35rem; margin: 0 0 .25rem; }
            h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; display: flex; gap: .75rem; align-items: baseline; }
            .note { opacity: .72; font-weight: normal; font-size: .9rem; }
            .bad { color: var(--bad); } .slow { color: var(--slow); }
            pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 4px solid var(--bad); padding: .5rem .9rem; margin: .9rem 0; background: #e11d4814; }
            details, .row { border-top: 1px solid var(--line); }
            summary, .row { display: grid; grid-template-columns: 5.5rem 5.5rem minmax(12rem, 1fr) 16rem; gap: .75rem; padding: .4rem 0; align-items: center; }
            summary { cursor: pointer; list-style: none; } summary:hover { background: #8881; }
            summary::-webkit-details-marker { display: none; }
            .number { text-align: right; font-variant-numeric: tabular-nums; }
            .what { overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .87rem; }
            .track { position: relative; height: .7rem; background: #8882; border-radius: .35rem; }
            .track i { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: .35rem; background: var(--bar); }
            .slow .track i { background: var(--slow); } .bad .track i { background: var(--bad); }
            img { max-width: min(100%, 60rem); border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0 1rem; display: block; }
            @media (max-width: 46rem) { summary, .row { grid-template-columns: 4.5rem 4.5rem 1fr; } .track { grid-column: 1 / -1; } }
            """;

    private final Flow flow;
    private final RunRecord record;
    private final Outcome outcome;
    private final long whole;
    private final StringBuilder html = new StringBuilder();

    private TracePage(Flow flow, RunRecord record, Outcome outcome) {
        this.flow = flow;
        this.record = record;
        this.outcome = outcome;
        this.whole = Math.max(1, record.length().toMillis());
    }

    /** Writes the page; folders on the way are made. */
    static void write(Path file, Flow flow, RunRecord record, Outcome outcome) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, render(flow, record, outcome), StandardCharsets.UTF_8);
    }

    static String render(Flow flow, RunRecord record, Outcome outcome) {
        return new TracePage(flow, record, outcome).render();
    }

    private String render() {
        String name = escaped(flow.name());
        html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:;"
                        + " style-src 'unsafe-inline'\">")
                .append("<title>")
                .append(name)
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(name)
                .append(" <span class=\"note\">version ")
                .append(flow.version())
                .append("</span></h1>\n");
        outcome();
        record.steps().forEach(this::step);
        return html.append("</body></html>\n").toString();
    }

    private void outcome() {
        boolean well = outcome instanceof Outcome.Succeeded;
        html.append("<div class=\"note\">")
                .append(millis(outcome.trace().ran().toMillis()))
                .append(", the pictures of the pages included; secrets are covered</div>\n");
        if (!well) {
            html.append("<pre>").append(escaped(Endings.describe(outcome))).append("</pre>\n");
        }
    }

    private void step(StepEntry step) {
        long percent = step.percentOfBudget(step.took());
        html.append("<h2>")
                .append(escaped(step.name()))
                .append(" <span class=\"note\">")
                .append(escaped(step.outcome().name().toLowerCase(Locale.ROOT)))
                .append(", ")
                .append(millis(step.took().toMillis()))
                .append("</span>");
        if (percent > 0) {
            html.append("<span class=\"")
                    .append(percent > 100 ? "slow" : "note")
                    .append("\">")
                    .append(percent)
                    .append(" % of its budget</span>");
        }
        html.append("</h2>\n");
        step.actions().forEach(action -> action(step, action));
    }

    private void action(StepEntry step, Entry action) {
        boolean pictured = action.picture().isPresent();
        boolean failed = action.ending() == Ending.FAILED;
        html.append(pictured ? (failed ? "<details open>" : "<details>") + "<summary" : "<div")
                .append(" class=\"")
                .append(pictured ? "" : "row ")
                .append(look(step, action))
                .append("\"><span class=\"number\">")
                .append(millis(action.at().toMillis()))
                .append("</span><span class=\"number\">")
                .append(millis(action.took().toMillis()))
                .append("</span><span class=\"what\" style=\"padding-left:")
                .append(action.depth() * 1.25)
                .append("rem\">")
                .append(escaped(action.number() + " " + action.action()));
        if (action.ending() != Ending.DONE) {
            html.append(" <span class=\"note\">")
                    .append(failed ? "failed: " : "passed over: ")
                    .append(escaped(action.reason()))
                    .append("</span>");
        }
        html.append("</span>");
        track(action);
        action.picture().ifPresent(jpeg -> html.append("</summary><img loading=\"lazy\" alt=\"The page after ")
                .append(escaped(action.action()))
                .append("\" src=\"data:image/jpeg;base64,")
                .append(Base64.getEncoder().encodeToString(jpeg))
                .append("\">"));
        html.append(pictured ? "</details>\n" : "</div>\n");
    }

    private static String look(StepEntry step, Entry action) {
        boolean slow = step.percentOfBudget(action.took()) >= Waterfall.SLOW;
        return action.ending() == Ending.FAILED ? "bad" : slow ? "slow" : "";
    }

    private void track(Entry action) {
        html.append("<span class=\"track\"><i style=\"left:")
                .append(share(action.at().toMillis()))
                .append("%;width:")
                .append(share(action.took().toMillis()))
                .append("%\"></i></span>");
    }

    private String share(long millis) {
        return String.format(Locale.ROOT, "%.2f", Math.min(100.0, 100.0 * millis / whole));
    }

    private static String millis(long millis) {
        return String.format(Locale.ROOT, "%,d ms", millis);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
