package dev.headstream.worker.run;

import java.util.regex.Pattern;

/** URL patterns: {@code **} stands for anything, {@code *} for anything but a slash, everything else for itself. */
final class UrlGlob {
    private UrlGlob() {}

    static Pattern compile(String glob) {
        StringBuilder regex = new StringBuilder("^");
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c != '*') {
                regex.append(Pattern.quote(String.valueOf(c)));
            } else if (i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
                regex.append(".*");
                i++;
            } else {
                regex.append("[^/]*");
            }
        }
        return Pattern.compile(regex.append('$').toString());
    }
}
