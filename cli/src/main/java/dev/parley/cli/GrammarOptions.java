package dev.parley.cli;

import dev.parley.grammar.Grammar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say what an answer must be; one of them at most. */
final class GrammarOptions {

    @Option(names = "--json-schema", paramLabel = "FILE|JSON", description = "Make the answer JSON that conforms to this schema.")
    String jsonSchema;

    @Option(names = "--regex", paramLabel = "PATTERN", description = "Make the whole answer match this regular expression.")
    String regex;

    @Option(names = "--choice", paramLabel = "TEXT", description = "Make the answer this text, or that of another --choice.")
    List<String> choices;

    @Option(names = "--grammar", paramLabel = "FILE",
            description = "Make the answer match the rule root of this grammar in GBNF, llama.cpp's notation.")
    Path gbnf;

    Grammar read() throws IOException {
        if (jsonSchema != null) return Grammar.ofJsonSchema(jsonSchema.strip().startsWith("{") ? jsonSchema : text(Path.of(jsonSchema)));
        if (regex != null) return Grammar.ofRegex(regex);
        if (choices != null) return Grammar.ofChoice(choices);
        return Grammar.ofGbnf(text(gbnf));
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > 1 << 20) throw new IllegalArgumentException(file + " is larger than 1 MiB, the limit.");
        return Files.readString(file);
    }
}
