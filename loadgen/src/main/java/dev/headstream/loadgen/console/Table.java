package dev.headstream.loadgen.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table that fits a width: columns are as wide as their widest cell, and where that is too much the flexible ones give
 * way, the widest first. Cells are cleaned by {@link Text#oneLine}. Immutable but for the rows; not thread-safe.
 */
public final class Table {
    private static final String GAP = "  ";
    private static final int LEAST_FLEXIBLE = 8;

    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    public Table(Column... columns) {
        this.columns = List.of(columns);
    }

    /** Adds a row of plain cells. */
    public Table row(String... cells) {
        return row(Arrays.stream(cells).map(Cell::of).toArray(Cell[]::new));
    }

    /** Adds a row. */
    public Table row(Cell... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.length + " cells in a table of " + columns.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The heading and all rows, no line wider than the terminal. */
    public List<String> lines(Terminal terminal) {
        int[] widths = widths(terminal.columns());
        List<String> lines = new ArrayList<>();
        lines.add(heading(terminal, widths));
        rows.forEach(row -> lines.add(line(terminal, widths, row)));
        return lines;
    }

    /** The column widths that the rows so far ask for, within a total width. For rows that come one by one. */
    public int[] widths(int total) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] =
                    Math.max(columns.get(i).least(), Text.width(columns.get(i).title()));
            for (List<Cell> row : rows) {
                widths[i] = Math.max(widths[i], Text.width(row.get(i).text()));
            }
        }
        int surplus = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1) - total;
        while (surplus > 0) {
            int widest = widestFlexible(widths);
            if (widest < 0) {
                break;
            }
            widths[widest]--;
            surplus--;
        }
        return widths;
    }

    /** The heading in given widths. */
    public String heading(Terminal terminal, int[] widths) {
        return line(
                terminal,
                widths,
                columns.stream()
                        .map(column -> new Cell(column.title(), Style.DIM))
                        .toList());
    }

    /** One row in given widths. */
    public String line(Terminal terminal, int[] widths, List<Cell> row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String text = Text.fit(row.get(i).text(), widths[i]);
            String padding = " ".repeat(Math.max(0, widths[i] - Text.width(text)));
            String painted = terminal.paint(row.get(i).style(), text);
            boolean last = i == widths.length - 1;
            line.append(columns.get(i).rightAligned() ? padding + painted : painted + (last ? "" : padding));
            line.append(last ? "" : GAP);
        }
        return line.toString().stripTrailing();
    }

    private int widestFlexible(int[] widths) {
        int widest = -1;
        for (int i = 0; i < widths.length; i++) {
            boolean canGive = columns.get(i).flexible() && widths[i] > LEAST_FLEXIBLE;
            if (canGive && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    /**
     * A column.
     *
     * @param least its least width, for tables whose rows come one by one
     * @param flexible whether it may be cut to fit
     */
    public record Column(String title, int least, boolean rightAligned, boolean flexible) {

        /** Text, never cut. */
        public static Column left(String title) {
            return new Column(title, 0, false, false);
        }

        /** A figure. */
        public static Column right(String title) {
            return new Column(title, 0, true, false);
        }

        /** Text that is cut where the table would be too wide. */
        public static Column flexible(String title) {
            return new Column(title, 0, false, true);
        }

        /** The same with a least width. */
        public Column atLeast(int width) {
            return new Column(title, width, rightAligned, flexible);
        }
    }

    /** What stands in a cell and how it looks. */
    public record Cell(String text, Style style) {
        public Cell {
            text = Text.oneLine(text);
        }

        /** A plain cell. */
        public static Cell of(String text) {
            return new Cell(text, Style.PLAIN);
        }
    }
}
