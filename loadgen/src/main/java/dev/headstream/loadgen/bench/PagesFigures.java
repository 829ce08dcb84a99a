package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What one arm did: medians over its rounds. The names of the components are those of the JSON file, and stay.
 *
 * @param jobs jobs a round
 * @param failed jobs that failed, in all rounds together
 * @param jobsPerSecond finished jobs by wall time, from the first job's start to the last one's end
 * @param p50Millis median time of a job
 * @param cpuSecondsPerJob processor time of the whole process tree, starting up not counted
 * @param bytesPerJob that the portal sent in bodies
 * @param requestsPerJob that the portal got
 * @param rounds how many rounds the medians are of
 */
public record PagesFigures(
        PagesArm arm,
        int jobs,
        int failed,
        double jobsPerSecond,
        long p50Millis,
        double cpuSecondsPerJob,
        long bytesPerJob,
        double requestsPerJob,
        int rounds) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** One round of an arm; bytes and requests of all its jobs. */
    record Round(Arm.Measurement measured, long bytes, long requests) {
        private double each(long figure) {
            return figure / (double) Math.max(1, measured.report().jobs());
        }
    }

    static PagesFigures of(PagesArm arm, List<Round> rounds) {
        return new PagesFigures(
                arm,
                rounds.isEmpty() ? 0 : rounds.get(0).measured().report().jobs(),
                rounds.stream()
                        .mapToInt(round -> round.measured().report().failed())
                        .sum(),
                median(rounds, round -> round.measured().report().jobsPerSecond()),
                Math.round(median(rounds, round -> round.measured().report().p50Millis())),
                median(rounds, round -> round.measured().cpuSecondsPerJob()),
                Math.round(median(rounds, round -> round.each(round.bytes()))),
                median(rounds, round -> round.each(round.requests())),
                rounds.size());
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        double median = Samples.median(rounds.stream().mapToDouble(figure).toArray());
        return Math.round(median * 1_000) / 1_000.0;
    }

    /** A table of at most 100 columns; the other arms in proportion to the one that blocks nothing, if that ran. */
    public static List<String> lines(List<PagesFigures> all, Terminal terminal) {
        Optional<PagesFigures> none =
                all.stream().filter(arm -> arm.arm() == PagesArm.NONE).findFirst();
        Table table = new Table(
                Column.left("blocked"),
                Column.right("jobs/s"),
                Column.right(""),
                Column.right("p50"),
                Column.right("CPU-s/job"),
                Column.right(""),
                Column.right("bytes/job"),
                Column.right(""),
                Column.right("requests/job"));
        for (PagesFigures arm : all) {
            table.row(
                    arm.arm().id() + (arm.failed() == 0 ? "" : " (" + arm.failed() + " failed)"),
                    decimal(arm.jobsPerSecond()),
                    ratio(arm, none, PagesFigures::jobsPerSecond),
                    Figures.duration(arm.p50Millis()),
                    decimal(arm.cpuSecondsPerJob()),
                    ratio(arm, none, PagesFigures::cpuSecondsPerJob),
                    Figures.bytes(arm.bytesPerJob()),
                    ratio(arm, none, PagesFigures::bytesPerJob),
                    decimal(arm.requestsPerJob()));
        }
        return table.lines(terminal);
    }

    /** Writes the figures as a JSON array. */
    public static void write(List<PagesFigures> all, Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(all));
    }

    private static String ratio(PagesFigures arm, Optional<PagesFigures> none, ToDoubleFunction<PagesFigures> figure) {
        return none.filter(base -> base.arm() != arm.arm() && figure.applyAsDouble(base) > 0)
                .map(base -> "x" + decimal(figure.applyAsDouble(arm) / figure.applyAsDouble(base)))
                .orElse("");
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }
}
