package dev.parley.cli;

import dev.parley.grammar.Grammar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say what an answer must be; one of them at most. */
final class GrammarOptions {

    @Option(names = "--json-schema", paramLabel = "FILE|JSON", description = "The answer is JSON that this schema accepts.")
    String jsonSchema;

    @Option(names = "--regex", paramLabel = "PATTERN", description = "The answer matches this regular expression as a whole.")
    String regex;

    @Option(names = "--choice", paramLabel = "TEXT", description = "The answer is this text, or that of another --choice.")
    List<String> choices;

    @Option(names = "--grammar", paramLabel = "FILE", description = "The answer follows the rule root of this GBNF grammar, llama.cpp's notation.")
    Path gbnf;

    Grammar read() throws IOException {
        if (jsonSchema != null) return Grammar.ofJsonSchema(jsonSchema.strip().startsWith("{") ? jsonSchema : text(Path.of(jsonSchema)));
        if (regex != null) return Grammar.ofRegex(regex);
        if (choices != null) return Grammar.ofChoice(choices);
        return Grammar.ofGbnf(text(gbnf));
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > 1 << 20) throw new IllegalArgumentException(file + " is larger than it can be (1 MiB).");
        return Files.readString(file);
    }
}
