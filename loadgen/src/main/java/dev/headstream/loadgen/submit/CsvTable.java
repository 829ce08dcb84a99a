package dev.headstream.loadgen.submit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.headstream.loadgen.submit.JobFile.Visitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** A CSV table with a heading, one job a row. */
final class CsvTable {
    private static final Set<String> FIELDS =
            Set.of("jobId", "flow", "sessionKey", "deadline", "maxAttempts", "testRecord");
    private static final String LABEL = "label.";
    private static final String INPUT = "input.";

    private CsvTable() {}

    static void read(Path path, JobDefaults defaults, Instant now, Visitor visitor) throws IOException {
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .detectBomHeader(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofCsvRecord(path)) {
            Iterator<CsvRecord> records = reader.iterator();
            if (!records.hasNext()) {
                return;
            }
            CsvRecord first = records.next();
            List<String> heading = first.getFields().stream().map(String::strip).toList();
            if (checkHeading(heading, first.getStartingLineNumber(), visitor)) {
                records.forEachRemaining(record -> read(record, heading, defaults, now, visitor));
            }
        } catch (CsvParseException wrong) {
            // FastCSV's message names the line itself
            visitor.problem(0, "is no CSV: " + rootMessage(wrong));
        } catch (UncheckedIOException unreadable) {
            throw new IOException(unreadable.getMessage(), unreadable);
        }
    }

    private static boolean checkHeading(List<String> heading, long line, Visitor visitor) {
        Set<String> seen = new HashSet<>();
        boolean good = true;
        for (int i = 0; i < heading.size(); i++) {
            if (heading.get(i).isEmpty()) {
                visitor.problem(line, "column " + (i + 1) + " of the heading has no name");
                good = false;
            } else if (!seen.add(heading.get(i))) {
                visitor.problem(line, "two columns are named " + heading.get(i));
                good = false;
            }
        }
        return good;
    }

    private static void read(CsvRecord row, List<String> heading, JobDefaults defaults, Instant now, Visitor visitor) {
        long line = row.getStartingLineNumber();
        if (row.getFieldCount() != heading.size()) {
            visitor.problem(
                    line, "has " + row.getFieldCount() + " cells where the heading has " + heading.size() + " columns");
            return;
        }
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        ObjectNode inputs = fields.putObject("inputs");
        ObjectNode labels = fields.putObject("labels");
        for (int i = 0; i < heading.size(); i++) {
            String name = heading.get(i);
            String cell = row.getField(i);
            if (cell.isEmpty()) {
                continue;
            }
            if (FIELDS.contains(name)) {
                fields.put(name, cell);
            } else if (name.startsWith(LABEL)) {
                labels.put(name.substring(LABEL.length()), cell);
            } else {
                inputs.put(name.startsWith(INPUT) ? name.substring(INPUT.length()) : name, cell);
            }
        }
        JobFile.visit(visitor, line, JobFields.read(fields, defaults, now));
    }

    private static String rootMessage(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
