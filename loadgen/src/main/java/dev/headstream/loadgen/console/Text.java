package dev.headstream.loadgen.console;

/** Text as a terminal shows it: its width in cells, cut to fit, and harmless whatever a page or a producer put in it. */
public final class Text {
    private static final char ESCAPE = '\u001B';

    private Text() {}

    /**
     * One line without control characters, so that text from outside can neither move the cursor nor break a table: line
     * breaks and tabs become spaces, other control characters a dot.
     */
    public static String oneLine(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\n' || point == '\r' || point == '\t') {
                clean.append(' ');
            } else if (Character.isISOControl(point) || Character.getType(point) == Character.FORMAT) {
                clean.append('.');
            } else {
                clean.appendCodePoint(point);
            }
        });
        return clean.toString();
    }

    /** The number of terminal cells that a text takes; colour sequences of {@link Style} take none. */
    public static int width(String text) {
        int width = 0;
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == ESCAPE) {
                at = endOfSequence(text, at);
            } else {
                int point = text.codePointAt(at);
                width += cells(point);
                at += Character.charCount(point);
            }
        }
        return width;
    }

    /** At most {@code width} cells of a text, its last one an ellipsis where something was cut off. */
    public static String fit(String text, int width) {
        if (width(text) <= width) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        boolean coloured = false;
        int used = 0;
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == ESCAPE) {
                int end = endOfSequence(text, at);
                kept.append(text, at, end);
                coloured = true;
                at = end;
            } else {
                int point = text.codePointAt(at);
                if (used + cells(point) > width - 1) {
                    break;
                }
                kept.appendCodePoint(point);
                used += cells(point);
                at += Character.charCount(point);
            }
        }
        return kept.append('…').append(coloured ? "\u001B[0m" : "").toString();
    }

    private static int endOfSequence(String text, int escape) {
        int end = text.indexOf('m', escape);
        return end < 0 ? text.length() : end + 1;
    }

    private static int cells(int point) {
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        return isWide(point) ? 2 : 1;
    }

    /** East Asian wide characters and emoji: the blocks that matter of Unicode's EastAsianWidth.txt. */
    private static boolean isWide(int point) {
        return (point >= 0x1100 && point <= 0x115F)
                || (point >= 0x2E80 && point <= 0xA4CF)
                || (point >= 0xAC00 && point <= 0xD7A3)
                || (point >= 0xF900 && point <= 0xFAFF)
                || (point >= 0xFE30 && point <= 0xFE6F)
                || (point >= 0xFF00 && point <= 0xFF60)
                || (point >= 0xFFE0 && point <= 0xFFE6)
                || (point >= 0x1F300 && point <= 0x1F64F)
                || (point >= 0x1F900 && point <= 0x1F9FF)
                || (point >= 0x20000 && point <= 0x3FFFD);
    }
}
