package dev.parley.assist;

import dev.parley.assist.yaml.YamlValue;
import dev.parley.grammar.Grammar;
import dev.parley.grammar.GrammarException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the forms of answers from an assistant's file. */
final class OutputFormReader {

    private static final List<String> KINDS = List.of("json_schema", "regex", "choice", "gbnf", "verse", "text");
    private static final int LONGEST_LINE = 120; // characters, where a verse does not count them

    private OutputFormReader() {}

    static OutputForm read(String name, YamlValue form, Path file, List<String> languages) {
        var keys = new ArrayList<>(KINDS);
        keys.addAll(List.of("title", "instruction"));
        form.requireOnly(keys.toArray(String[]::new));
        var kinds = KINDS.stream().filter(kind -> form.optional(kind).isPresent()).toList();
        if (kinds.size() != 1) throw form.fault("needs one of the keys " + String.join(", ", KINDS) + ", and only one.");
        var kind = form.required(kinds.getFirst());
        try {
            return new OutputForm(name, form.optional("title").map(t -> t.localText(languages)).orElse(LocalText.of(name)),
                    form.optional("instruction").map(i -> i.localText(languages)).orElse(LocalText.NONE),
                    grammar(kinds.getFirst(), kind, file));
        } catch (GrammarException e) {
            throw kind.fault("cannot be kept: " + e.getMessage());
        }
    }

    private static Optional<Grammar> grammar(String kind, YamlValue value, Path file) {
        return switch (kind) {
            case "json_schema" ->
                Optional.of(Grammar.ofJsonSchema(value.json().isTextual() ? fileText(value, file) : value.object().toString()));
            case "regex" -> Optional.of(Grammar.ofRegex(value.text()));
            case "choice" -> Optional.of(Grammar.ofChoice(value.texts()));
            case "gbnf" -> Optional.of(Grammar.ofGbnf(value.text()));
            case "verse" -> Optional.of(verse(value));
            default -> {
                if (!value.flag()) throw value.fault("is false; it is true, or left out.");
                yield Optional.empty();
            }
        };
    }

    private static String fileText(YamlValue named, Path file) {
        var path = file.toAbsolutePath().normalize().resolveSibling(named.text());
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw named.fault("names " + path + ", which cannot be read.");
        }
    }

    /** So many lines; of so many Chinese characters each, with a comma and a full stop in turn, where the characters are counted. */
    private static Grammar verse(YamlValue verse) {
        verse.requireOnly("lines", "characters");
        var lines = verse.required("lines").integer(1, 40);
        var characters = verse.optional("characters").map(c -> c.integer(1, 20));
        var regex = new StringBuilder();
        for (int line = 1; line <= lines; line++) {
            regex.append(characters.map(n -> "[一-鿿]{" + n + "}").orElse("[^\\n]{1," + LONGEST_LINE + "}"));
            if (characters.isPresent()) regex.append(line % 2 == 1 && line < lines ? "，" : "。");
            if (line < lines) regex.append("\\n");
        }
        return Grammar.ofRegex(regex.toString());
    }
}
