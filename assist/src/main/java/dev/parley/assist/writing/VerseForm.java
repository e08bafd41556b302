package dev.parley.assist.writing;

import dev.parley.grammar.Grammar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A form of verse: how many Chinese characters, or English syllables, each line has.
 *
 * @param name as a user asks for it
 * @param unit what is counted
 * @param lines how many of them each line has
 */
public record VerseForm(String name, Unit unit, List<Integer> lines) {

    /** What is counted in a line. */
    public enum Unit {

        /** Chinese characters; the marks at the ends of lines are not counted. */
        CHARACTERS,

        /** Syllables of English words, as {@link Syllables} counts them. */
        SYLLABLES
    }

    private static final int MOST_LINES = 64;
    private static final int MOST_CHARACTERS = 40;
    private static final int MOST_SYLLABLES = 12;

    private static final Map<String, VerseForm> NAMED = named();
    private static final Map<Integer, Grammar> LINES = new ConcurrentHashMap<>(); // by syllables; each takes a second to make

    /**
     * @throws IllegalArgumentException if there are no lines, or too many, or too long ones
     */
    public VerseForm {
        lines = List.copyOf(lines);
        var most = unit == Unit.CHARACTERS ? MOST_CHARACTERS : MOST_SYLLABLES;
        if (lines.isEmpty() || lines.size() > MOST_LINES) throw new IllegalArgumentException("A poem has 1 to " + MOST_LINES + " lines.");
        for (var line : lines) {
            if (line < 1 || line > most)
                throw new IllegalArgumentException(
                        "A line has 1 to " + most + " " + unit.name().toLowerCase(java.util.Locale.ROOT) + ", not " + line + ".");
        }
    }

    private static Map<String, VerseForm> named() {
        var forms = new LinkedHashMap<String, VerseForm>();
        for (var form : List.of(characters("五言绝句", 5, 4), characters("七言绝句", 7, 4), characters("五言律诗", 5, 8), characters("七言律诗", 7, 8),
                new VerseForm("haiku", Unit.SYLLABLES, List.of(5, 7, 5)), new VerseForm("limerick", Unit.SYLLABLES, List.of(8, 8, 5, 5, 8)),
                new VerseForm("tanka", Unit.SYLLABLES, List.of(5, 7, 5, 7, 7)))) {
            forms.put(form.name, form);
        }
        return forms;
    }

    private static VerseForm characters(String name, int characters, int lines) {
        return new VerseForm(name, Unit.CHARACTERS, java.util.Collections.nCopies(lines, characters));
    }

    /**
     * A form by its name, or by what it counts: {@code characters:5,5,7,5} or {@code syllables:5,7,5}.
     *
     * @throws IllegalArgumentException naming the forms there are, if it is none
     */
    public static VerseForm named(String name) {
        var known = NAMED.get(name.strip().toLowerCase(java.util.Locale.ROOT));
        if (known != null) return known;
        var parts = name.strip().split("[:\uff1a]", 2);
        for (var unit : Unit.values()) {
            if (parts.length == 2 && parts[0].strip().equalsIgnoreCase(unit.name())
                    && parts[1].matches("\\s*\\d{1,3}(\\s*[,\uff0c]\\s*\\d{1,3})*\\s*")) {
                var lines = new ArrayList<Integer>();
                for (var number : parts[1].split("[,\uff0c]")) lines.add(Integer.parseInt(number.strip()));
                return new VerseForm(name.strip(), unit, lines);
            }
        }
        throw new IllegalArgumentException("There is no form " + name + "; there are " + String.join(", ", NAMED.keySet())
                + ", and lines of your own as characters:7,7,5,5 or syllables:5,7,5.");
    }

    /** The names of the forms that have one. */
    public static List<String> names() {
        return List.copyOf(NAMED.keySet());
    }

    /**
     * The poems of this form and no other text. Chinese lines end with a comma and a full stop in turn, as couplets are written; English
     * ones with a mark or none. Lines stand below one another.
     */
    public Grammar grammar() {
        if (unit == Unit.CHARACTERS) return Grammar.ofRegex(chinese());
        var parts = new ArrayList<Grammar>();
        for (var line : lines) {
            if (!parts.isEmpty()) parts.add(Grammar.ofText("\n"));
            parts.add(LINES.computeIfAbsent(line, n -> Grammar.ofAutomaton(SyllableLines.of(n))));
        }
        return Grammar.sequence(parts.toArray(Grammar[]::new));
    }

    private String chinese() {
        var regex = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            var last = i == lines.size() - 1;
            regex.append("[\\u4e00-\\u9fff]{").append(lines.get(i)).append('}').append(i % 2 == 0 && !last ? "\uff0c" : "\u3002")
                    .append(last ? "" : "\\n");
        }
        return regex.toString();
    }

    /** Whether a text has this form, counted anew. */
    public boolean isKeptBy(String text) {
        var given = text.strip().lines().toList();
        if (given.size() != lines.size()) return false;
        for (int i = 0; i < lines.size(); i++) {
            if (count(given.get(i)) != lines.get(i)) return false;
        }
        return true;
    }

    private long count(String line) {
        return unit == Unit.SYLLABLES ? Syllables.of(line) : line.codePoints().filter(Character::isIdeographic).count();
    }

    /** What a model is asked for: the form in words, in the form's language. */
    String prompt(String topic) {
        if (unit == Unit.SYLLABLES) {
            return "Write a poem" + (NAMED.containsKey(name) ? ", a " + name + "," : "") + " about " + topic + ". It has " + lines.size()
                    + " lines of " + joined() + " syllables. Answer with the poem only.";
        }
        return "写一首" + (NAMED.containsKey(name) ? name : "诗") + "，主题：" + topic + "。共" + lines.size() + "行，每行字数：" + joined() + "。只写诗，不写标题。";
    }

    private String joined() {
        return String.join(", ", lines.stream().map(String::valueOf).toList());
    }
}
