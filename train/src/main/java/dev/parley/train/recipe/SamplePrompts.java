package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.data.Dataset;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a model in training is asked to continue or to answer, for its report: {@code sample_prompts} of a recipe, or two of the data. */
final class SamplePrompts {

    private static final int TOKENS = 6;
    static final List<String> QUESTIONS = List.of("Hello! What can you do?");

    private SamplePrompts() {}

    /** Of a recipe's key: a text or a list of them. */
    static List<String> read(JsonNode given) {
        if (given.isTextual()) return List.of(given.asText());
        var prompts = new ArrayList<String>();
        for (var prompt : given) prompts.add(prompt.asText());
        return prompts;
    }

    /** How two of the rows begin. */
    static List<String> beginnings(Dataset rows, Tokenizer tokenizer) {
        return List.of(0, rows.size() / 2).stream().map(row -> beginning(rows.get(row).inputIds(), tokenizer))
                .filter(text -> !text.isBlank()).distinct().toList();
    }

    /** The first words of a row, after its begin-of-text token. */
    private static String beginning(int[] ids, Tokenizer tokenizer) {
        return tokenizer.decode(Arrays.copyOfRange(ids, 0, Math.min(ids.length, TOKENS + 1)), true).strip();
    }
}
