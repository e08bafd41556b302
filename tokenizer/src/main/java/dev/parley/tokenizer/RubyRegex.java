package dev.parley.tokenizer;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions of {@code tokenizer.json} for Java's engine. They are written in Ruby's syntax, as Oniguruma reads it
 * (its document RE): {@code ^} and {@code $} stand at every line, {@code \h} is a hexadecimal digit, {@code {1,3}+} is a
 * repetition of a repetition and not possessive, {@code (?m)} lets the dot match a line end. What means the same in Java is passed
 * on, what does not is rewritten, and what cannot be is refused by name.
 */
final class RubyRegex {

    private static final int LONGEST = 10_000;
    private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}";
    // Oniguruma's table of Latin-1, which it asks outside brackets
    private static final String LATIN1_WORD = WORD + "\\xB2\\xB3\\xB9\\xBC-\\xBE";

    /** The inside of a class for each name between colons in brackets, and but for punct for the same names after \p. */
    private static final Map<String, String> POSIX = Map.ofEntries(Map.entry("alnum", "\\p{IsAlphabetic}\\p{Nd}"),
            Map.entry("alpha", "\\p{IsAlphabetic}"),
            Map.entry("ascii", "\\x00-\\x7F"), Map.entry("blank", "\\p{Zs}\\t"), Map.entry("cntrl", "\\p{Cc}"),
            Map.entry("digit", "\\p{Nd}"),
            Map.entry("lower", "\\p{IsLowercase}"), Map.entry("upper", "\\p{IsUppercase}"), Map.entry("punct", "\\p{P}\\p{S}"),
            Map.entry("space", "\\p{IsWhite_Space}"), Map.entry("xdigit", "0-9A-Fa-f"), Map.entry("word", WORD));

    private static final Map<String, String> CATEGORIES = Map.ofEntries(Map.entry("letter", "L"), Map.entry("uppercaseletter", "Lu"),
            Map.entry("lowercaseletter", "Ll"), Map.entry("titlecaseletter", "Lt"), Map.entry("modifierletter", "Lm"),
            Map.entry("otherletter", "Lo"),
            Map.entry("mark", "M"), Map.entry("nonspacingmark", "Mn"), Map.entry("spacingmark", "Mc"), Map.entry("enclosingmark", "Me"),
            Map.entry("number", "N"), Map.entry("decimalnumber", "Nd"), Map.entry("letternumber", "Nl"), Map.entry("othernumber", "No"),
            Map.entry("punctuation", "P"), Map.entry("symbol", "S"), Map.entry("separator", "Z"), Map.entry("other", "C"),
            Map.entry("control", "Cc"));
    private static final Set<String> SHORT = Set.of("l", "lu", "ll", "lt", "lm", "lo", "m", "mn", "mc", "me", "n", "nd", "nl", "no", "p",
            "pc", "pd", "ps", "pe", "pi", "pf",
            "po", "s", "sm", "sc", "sk", "so", "z", "zs", "zl", "zp", "c", "cc", "cf", "co", "cs", "cn");
    private static final Map<String, String> BINARY = Map.of("alphabetic", "IsAlphabetic", "uppercase", "IsUppercase", "lowercase",
            "IsLowercase", "whitespace", "IsWhite_Space",
            "ideographic", "IsIdeographic", "emoji", "IsEmoji", "extendedpictographic", "IsExtended_Pictographic", "emojipresentation",
            "IsEmoji_Presentation");

    private final String regex;
    private final StringBuilder java = new StringBuilder();
    private final ArrayDeque<Integer> groups = new ArrayDeque<>(); // where each open group begins in the result
    private int at;
    private int atom = -1; // where the last thing that can be repeated begins in the result, or -1
    private boolean repeated;

    private RubyRegex(String regex) {
        this.regex = regex;
    }

    /** @throws IllegalArgumentException that says what cannot be read */
    static Pattern compile(String regex) {
        if (regex.isEmpty() || regex.length() > LONGEST)
            throw new IllegalArgumentException("a pattern of " + regex.length() + " characters is not supported");
        try {
            return Pattern.compile(new RubyRegex(regex).translated(),
                    Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE | Pattern.UNIX_LINES);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("the pattern " + regex + " cannot be read (" + e.getDescription() + ")");
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException("a pattern is nested too deeply");
        }
    }

    private IllegalArgumentException refused(String what) {
        return new IllegalArgumentException("the pattern " + regex + " uses " + what + ", which this version does not support");
    }

    private String translated() {
        while (at < regex.length()) {
            var c = regex.charAt(at);
            switch (c) {
                case '\\' -> item(escape(false));
                case '[' -> characterClass();
                case '(' -> open();
                case ')' -> close();
                case '|' -> {
                    java.append(c);
                    at++;
                    atom = -1;
                }
                case '*', '+', '?' -> repeat(String.valueOf(c), 1, true);
                case '{' -> interval();
                case '^' -> item("(?m:^)", 1);
                case '$' -> item("(?m:$)", 1);
                case '}', ']' -> item("\\" + c, 1);
                default ->
                    item(regex.substring(at, at + Character.charCount(regex.codePointAt(at))), Character.charCount(regex.codePointAt(at)));
            }
        }
        return java.toString();
    }

    private void item(String text) {
        atom = java.length();
        repeated = false;
        java.append(text);
    }

    private void item(String text, int length) {
        at += length;
        item(text);
    }

    // ---- groups ----

    private void open() {
        groups.push(java.length());
        if (groups.size() > 200) throw refused("more than 200 groups in each other");
        atom = -1;
        if (!regex.startsWith("(?", at)) {
            java.append('(');
            at++;
            return;
        }
        for (var kind : new String[] {"(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!"}) {
            if (!regex.startsWith(kind, at)) continue;
            java.append(kind);
            at += kind.length();
            return;
        }
        options();
    }

    /** {@code (?i:} and its like; without a colon only at the start, where Ruby and Java agree on how far it reaches. */
    private void options() {
        var end = at + 2;
        while (end < regex.length() && "im-".indexOf(regex.charAt(end)) >= 0) end++;
        var letters = regex.substring(at + 2, end).replace('m', 's');
        if (end == regex.length() || letters.isEmpty()) throw refused("the group " + regex.substring(at, Math.min(regex.length(), at + 4)));
        if (regex.charAt(end) == ')' && at == 0) groups.pop();
        else if (regex.charAt(end) != ':') throw refused("the group " + regex.substring(at, end + 1));
        java.append("(?").append(letters).append(regex.charAt(end));
        at = end + 1;
    }

    private void close() {
        if (groups.isEmpty()) throw refused("a bracket that was not opened");
        java.append(')');
        at++;
        atom = groups.pop();
        repeated = false;
    }

    // ---- repetition ----

    private void interval() {
        var end = at + 1;
        while (end < regex.length() && (Character.isDigit(regex.charAt(end)) && regex.charAt(end) < 128 || regex.charAt(end) == ',')) end++;
        var inside = regex.substring(at + 1, end);
        if (end == regex.length() || regex.charAt(end) != '}' || !inside.matches("\\d{1,5}(,\\d{0,5})?|,\\d{1,5}")) {
            item("\\{", 1);
            return;
        }
        repeat("{" + (inside.startsWith(",") ? "0" : "") + inside + "}", inside.length() + 2, inside.contains(","));
    }

    /** @param lazy whether a question mark after it makes it lazy, and not another repetition */
    private void repeat(String how, int length, boolean lazy) {
        if (atom < 0) throw refused("a repetition of nothing");
        if (repeated) java.insert(atom, "(?:").append(')');
        java.append(how);
        at += length;
        repeated = true;
        if (at == regex.length()) return;
        var next = regex.charAt(at);
        if (next == '?' && lazy || next == '+' && length == 1) {
            java.append(next);
            at++;
        }
    }

    // ---- characters ----

    private void characterClass() {
        var start = at;
        var open = 0;
        var inside = new StringBuilder();
        do {
            if (at >= regex.length()) throw refused("a class that is not closed");
            var c = regex.charAt(at);
            var first = at > start && (regex.charAt(at - 1) == '[' || regex.startsWith("[^", at - 2)) && regex.charAt(at) == ']';
            if (first) throw refused("an empty class");
            if (c == '\\') {
                inside.append(escape(true));
            } else if (regex.startsWith("[:", at)) {
                inside.append(posix());
            } else {
                if (c == '[') open++;
                if (c == ']') open--;
                if (open > 50) throw refused("more than 50 classes in each other");
                inside.append(c);
                at++;
            }
        } while (open > 0);
        item(inside.toString());
    }

    private String posix() {
        var end = regex.indexOf(":]", at + 2);
        if (end < 0) throw refused("a class that is not closed");
        var name = regex.substring(at + 2, end);
        at = end + 2;
        var not = name.startsWith("^");
        var characters = POSIX.get(not ? name.substring(1) : name);
        if (characters == null) throw refused("[:" + name + ":]");
        return (not ? "[^" : "[") + characters + "]";
    }

    private String escape(boolean inClass) {
        if (at + 1 >= regex.length()) throw refused("a backslash at its end");
        var c = regex.charAt(at + 1);
        at += 2;
        switch (c) {
            case 'p', 'P':
                return property(c == 'P');
            case 'x':
                return hexadecimal();
            case 'd':
                return "\\p{Nd}";
            case 'D':
                return "\\P{Nd}";
            case 's':
                return "\\p{IsWhite_Space}";
            case 'S':
                return "\\P{IsWhite_Space}";
            case 'w':
                return "[" + (inClass ? WORD : LATIN1_WORD) + "]";
            case 'W':
                return "[^" + (inClass ? WORD : LATIN1_WORD) + "]";
            case 'h':
                return "[0-9a-fA-F]";
            case 'H':
                return "[^0-9a-fA-F]";
            case 'v':
                return "\\x0B";
            case 't', 'n', 'r', 'f', 'a', 'e':
                return "\\" + c;
            case 'b':
                return inClass ? "\\x08" : "\\b";
            case 'u':
                return codeUnit();
            default:
        }
        if (!inClass && (c == 'A' || c == 'z' || c == 'B')) return "\\" + c;
        if (!inClass && c == 'Z') return "(?=\\n?\\z)";
        if (c < 128 && Character.isLetterOrDigit(c)) throw refused("\\" + c);
        if (c < 128) return "\\" + c;
        at += Character.charCount(regex.codePointAt(at - 1)) - 1;
        return regex.substring(at - Character.charCount(regex.codePointBefore(at)), at);
    }

    private String codeUnit() {
        var digits = at + 4 <= regex.length() ? regex.substring(at, at + 4) : "";
        if (!digits.matches("[0-9a-fA-F]{4}")) throw refused("\\u" + digits);
        at += 4;
        return "\\u" + digits;
    }

    /** Without braces a byte, which is a character only in ASCII. */
    private String hexadecimal() {
        var braces = regex.startsWith("{", at);
        var end = braces ? regex.indexOf('}', at) : Math.min(regex.length(), at + 2);
        var digits = end < 0 ? "" : regex.substring(braces ? at + 1 : at, end);
        if (!digits.matches(braces ? "[0-9a-fA-F]{1,6}" : "[0-7][0-9a-fA-F]")) throw refused("\\x" + digits);
        at = braces ? end + 1 : end;
        return "\\x{" + digits + "}";
    }

    private String property(boolean not) {
        var end = regex.indexOf('}', at);
        if (!regex.startsWith("{", at) || end < 0) throw refused("\\p without a name in braces");
        var name = regex.substring(at + 1, end);
        at = end + 1;
        if (name.startsWith("^")) {
            not = !not;
            name = name.substring(1);
        }
        var plain = name.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
        if (plain.equals("punct")) plain = "punctuation";
        if (POSIX.containsKey(plain)) return (not ? "[^" : "[") + POSIX.get(plain) + "]";
        var known = CATEGORIES.containsKey(plain) ? CATEGORIES.get(plain)
                : SHORT.contains(plain) ? category(plain) : BINARY.containsKey(plain) ? BINARY.get(plain) : script(name);
        return (not ? "\\P{" : "\\p{") + known + "}";
    }

    private static String category(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private String script(String name) {
        try {
            return "script=" + Character.UnicodeScript.forName(name).name();
        } catch (IllegalArgumentException e) {
            throw refused("\\p{" + name + "}");
        }
    }
}
