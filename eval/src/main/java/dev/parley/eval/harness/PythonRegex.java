package dev.parley.eval.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A regular expression as Python's {@code re} reads it, where Java's would read something else. */
final class PythonRegex {

    private final Pattern pattern;

    private PythonRegex(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * @throws TaskException naming the expression, if Java cannot read it
     */
    static PythonRegex compile(String source) {
        try {
            return new PythonRegex(Pattern.compile(translated(source), Pattern.UNICODE_CHARACTER_CLASS));
        } catch (PatternSyntaxException e) {
            throw new TaskException("The regular expression " + source + " cannot be read: " + e.getDescription() + ".");
        }
    }

    /** What is Java's already. */
    static PythonRegex of(Pattern pattern) {
        return new PythonRegex(pattern);
    }

    /** Named groups, the end of the text, and brackets inside a class, which Java would take for a class in it. */
    private static String translated(String source) {
        var out = new StringBuilder();
        var inClass = false;
        for (int i = 0; i < source.length(); i++) {
            var c = source.charAt(i);
            if (c == '\\' && i + 1 < source.length()) {
                var next = source.charAt(++i);
                out.append(next == 'Z' ? "\\z" : "\\" + next);
            } else if (inClass) {
                if (c == '[') out.append("\\[");
                else if (c == '&' && source.startsWith("&&", i)) out.append("\\&");
                else out.append(c);
                inClass = c != ']';
            } else if (c == '[') {
                inClass = true;
                out.append(c);
                if (source.startsWith("^", i + 1)) out.append(source.charAt(++i));
                if (source.startsWith("]", i + 1)) {
                    out.append("\\]");
                    i++;
                }
            } else if (source.startsWith("(?P<", i)) {
                out.append("(?<");
                i += 3;
            } else if (source.startsWith("(?P=", i)) {
                var end = source.indexOf(')', i);
                out.append("\\k<").append(source, i + 4, end < 0 ? source.length() : end).append('>');
                i = end < 0 ? source.length() : end;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** {@code re.findall}: of each match the groups, or the whole where there are none; a group that took no part is empty. */
    List<List<String>> findAll(String text) {
        var found = new ArrayList<List<String>>();
        var matcher = pattern.matcher(text);
        while (matcher.find()) {
            var groups = new ArrayList<String>();
            for (int g = Math.min(1, matcher.groupCount()); g <= matcher.groupCount(); g++)
                groups.add(matcher.group(g) == null ? "" : matcher.group(g));
            found.add(groups);
        }
        return found;
    }

    /** {@code re.sub} by a text that is taken as it is. */
    String replaceAll(String text, String by) {
        return pattern.matcher(text).replaceAll(Matcher.quoteReplacement(by));
    }

    /** {@code re.sub} by a text with groups, as {@code $1}. */
    String replaceGroups(String text, String by) {
        return pattern.matcher(text).replaceAll(by);
    }

    /** {@code re.split}. */
    int parts(String text) {
        return pattern.split(text, -1).length;
    }
}
