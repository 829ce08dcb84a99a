package dev.headstream.loadgen.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.loadgen.console.Table.Cell;
import dev.headstream.loadgen.console.Table.Column;
import org.junit.jupiter.api.Test;

final class TableTest {

    @Test
    void lines_givenTextAndFigures_expectsThemAligned() {
        Table table = new Table(Column.left("step"), Column.right("took"), Column.left("end"));
        table.row("login", "5 ms", "a").row("search for it", "1.2 s", "b");

        assertThat(table.lines(Output.plain().terminal()))
                .containsExactly(
                        "step            took  end", //
                        "login           5 ms  a",
                        "search for it  1.2 s  b");
    }

    @Test
    void lines_givenTooMuchText_expectsFlexibleColumnsCutToTheWidth() {
        Table table = new Table(Column.flexible("job"), Column.left("status"), Column.flexible("error"));
        table.row("j".repeat(200), "SUCCEEDED", "e".repeat(300));

        assertThat(table.lines(Output.plain().terminal()))
                .allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(100));
        assertThat(table.lines(Output.plain().terminal()).get(1))
                .contains("SUCCEEDED")
                .contains("j…")
                .endsWith("e…");
    }

    @Test
    void lines_givenShortFlexibleColumn_expectsOnlyTheWideOneCut() {
        Table table = new Table(Column.flexible("flow"), Column.flexible("error"));
        table.row("catalog-search", "e".repeat(300));

        assertThat(table.lines(Output.plain().terminal()).get(1)).startsWith("catalog-search  e");
    }

    @Test
    void lines_givenColours_expectsSameLayoutAsWithout() {
        Table table = new Table(Column.left("status"), Column.right("jobs"));
        table.row(new Cell("FAILED", Style.RED), Cell.of("3"));

        String coloured = table.lines(Output.live(80).terminal()).get(1);

        assertThat(coloured).contains("\u001B[31mFAILED\u001B[0m");
        assertThat(Text.width(coloured))
                .isEqualTo(table.lines(Output.plain().terminal()).get(1).length());
    }

    @Test
    void line_givenRowsOneByOne_expectsWidthsOfTheFirst() {
        Table table = new Table(Column.flexible("job").atLeast(6), Column.left("status"));
        int[] widths = table.row("a", "b").widths(100);

        String later = table.line(
                Output.plain().terminal(), widths, java.util.List.of(Cell.of("longer-than-six"), Cell.of("ok")));

        assertThat(later).isEqualTo("longe…  ok");
    }

    @Test
    void cell_givenEscapeSequence_expectsItMadeHarmless() {
        assertThat(Cell.of("\u001B[2Jgone\nnext").text()).isEqualTo(".[2Jgone next");
    }

    @Test
    void row_givenWrongNumberOfCells_expectsRefused() {
        Table table = new Table(Column.left("a"), Column.left("b"));

        assertThatThrownBy(() -> table.row("only one")).hasMessage("a row of 1 cells in a table of 2 columns");
    }
}
