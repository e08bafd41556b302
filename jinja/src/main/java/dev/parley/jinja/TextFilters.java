package dev.parley.jinja;

import dev.parley.jinja.Value.Bool;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters on strings. What is no string is printed first, as Jinja does. */
final class TextFilters {

    static final Map<String, Filter> ALL = Map.ofEntries(
            Map.entry("trim", (e, v, a) -> e.call(e.access().attribute(soft(e, v), "strip"), a)),
            Map.entry("upper", plain("upper", Text::upper)),
            Map.entry("lower", plain("lower", Text::lower)),
            Map.entry("title", plain("title", Letters::titledWords)),
            Map.entry("capitalize", plain("capitalize", Letters::capitalized)),
            Map.entry("string", (e, v, a) -> soft(e, v)),
            Map.entry("safe", plain("safe", t -> t)),
            Map.entry("escape", (e, v, a) -> escaped(e, v)),
            Map.entry("e", (e, v, a) -> escaped(e, v)),
            Map.entry("forceescape", (e, v, a) -> escaped(e, v)),
            Map.entry("replace", TextFilters::replace),
            Map.entry("indent", TextFilters::indent),
            Map.entry("format", (e, v, a) -> new Formatting(e.budget()).percent(soft(e, v), a.named().isEmpty()
                    ? Value.Seq.of(Value.Seq.Kind.TUPLE, a.positional())
                    : Value.Dict
                            .of(a.named().entrySet().stream().map(n -> new Value.Dict.Entry(Text.of(n.getKey()), n.getValue())).toList()))),
            Map.entry("center", (e, v, a) -> e.call(e.access().attribute(soft(e, v), "center"),
                    new Arguments(List.of(a.bind("center", 0, "width").or(0, Value.of(80))), Map.of()))),
            Map.entry("truncate", TextFilters::truncate),
            Map.entry("wordcount", (e, v, a) -> Value.of(words(soft(e, v).chars()))),
            Map.entry("urlencode", (e, v, a) -> soft(e, v).remade(quoted(soft(e, v).chars()))));

    private TextFilters() {}

    private static Filter plain(String name, UnaryOperator<Text> change) {
        return (evaluator, value, arguments) -> {
            arguments.bind(name, 0);
            return change.apply(soft(evaluator, value));
        };
    }

    /** The value printed, paid for. */
    private static Text soft(Evaluator evaluator, Value value) {
        var text = evaluator.printer().string(value);
        evaluator.budget().charge(text.chars().length());
        return text;
    }

    private static Text escaped(Evaluator evaluator, Value value) {
        var out = new TextBuilder(evaluator.budget());
        var text = soft(evaluator, value);
        var from = 0;
        for (int i = 0; i < text.chars().length(); i++) {
            var entity = switch (text.chars().charAt(i)) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '\'' -> "&#39;";
                case '"' -> "&#34;";
                default -> "";
            };
            if (entity.isEmpty()) continue;
            out.add(text.part(from, i)).add(entity, text.source());
            evaluator.budget().charge(text.runCount());
            from = i + 1;
        }
        return out.add(text.part(from, text.chars().length())).build();
    }

    private static Value replace(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("replace", 2, "old", "new", "count");
        return new Cutter(evaluator.budget()).replace(soft(evaluator, value), soft(evaluator, bound.value(0)).chars(),
                soft(evaluator, bound.value(1)), bound.integerOr(2, -1));
    }

    private static Value indent(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("indent", 0, "width", "first", "blank");
        var python = evaluator.python();
        var white = bound.has(0) && bound.value(0) instanceof Text t ? t : Text.of(" ".repeat(Math.clamp(bound.integerOr(0, 4), 0, 1000)));
        boolean first = python.truth(bound.or(1, Bool.FALSE)), blank = python.truth(bound.or(2, Bool.FALSE));
        var ended = new TextBuilder(evaluator.budget()).add(soft(evaluator, value)).add("\n").build(); // Jinja keeps a last line break so
        var lines = new Cutter(evaluator.budget()).lines(ended, false);
        var out = new TextBuilder(evaluator.budget());
        for (int i = 0; i < lines.size(); i++) {
            if (i > 0) out.add("\n");
            if (i == 0 ? first : blank || !lines.get(i).isEmpty()) out.add(white);
            out.add(lines.get(i));
        }
        return out.build();
    }

    private static Value truncate(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("truncate", 0, "length", "killwords", "end", "leeway");
        var text = soft(evaluator, value);
        var end = bound.textOr(2, Text.of("..."));
        var length = bound.integerOr(0, 255);
        if (length < end.length()) throw new Fault("truncate cannot make a text shorter than its end '" + end + "'");
        if (text.length() <= (long) length + bound.integerOr(3, 5)) return text;
        var cut = text.part(0, text.charAt(length - end.length()));
        var space = cut.chars().lastIndexOf(' ');
        if (!evaluator.python().truth(bound.or(1, Bool.FALSE)) && space >= 0) cut = cut.part(0, space);
        return new TextBuilder(evaluator.budget()).add(cut).add(end).build();
    }

    private static int words(String text) {
        var count = 0;
        var inWord = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            var word = Character.isLetterOrDigit(text.codePointAt(i)) || text.charAt(i) == '_';
            if (word && !inWord) count++;
            inWord = word;
        }
        return count;
    }

    private static String quoted(String text) {
        var out = new StringBuilder();
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            var c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || "_.-~/".indexOf(c) >= 0)) out.append(c);
            else out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return out.toString();
    }
}
