package dev.parley.generate.embedding;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * How a model makes vectors of texts, as the files of sentence-transformers in its folder say, or a GGUF file's settings.
 *
 * <pre>{@code
 * var rules = EmbeddingRules.of(folder);
 * var ids = tokenizer.encodeForModel(rules.queryPrompt() + question);
 * float[] vector = rules.vector(engine.embedding("", ids, rules.poolings()).join(), OptionalInt.empty());
 * }</pre>
 *
 * @param poolings how tokens' states become one vector; those of several lie one after the other
 * @param prompts what is written before texts, by their purpose: {@code query}, {@code document} and others
 * @param defaultPrompt the name of the one that is written where none is asked for
 * @param defaultDimensions numbers of a vector where nobody asks for others; empty for all
 * @param trained whether the model's files say at all how it makes vectors
 */
public record EmbeddingRules(List<Pooling> poolings, Map<String, String> prompts, Optional<String> defaultPrompt,
        OptionalInt defaultDimensions, boolean trained) {

    /** Of a model that says nothing: the mean, and no prompts. */
    public static final EmbeddingRules MEAN = new EmbeddingRules(List.of(Pooling.MEAN), Map.of(), Optional.empty(), OptionalInt.empty(),
            false);

    /** What Qwen3-Embedding and its like have before questions, with the task in words. */
    private static final Pattern INSTRUCTED = Pattern.compile("(Instruct: ).*(\nQuery: ?)", Pattern.DOTALL);

    public EmbeddingRules {
        poolings = List.copyOf(poolings);
        prompts = Map.copyOf(prompts);
    }

    /**
     * Reads a model's rules; those of a folder without such files are {@link #MEAN}. A GGUF file says the pooling, and no prompts.
     *
     * @throws IllegalArgumentException if it asks for what is not known
     */
    public static EmbeddingRules of(Path model) {
        return EmbeddingFiles.read(model);
    }

    // ---- before a text ----

    /** What stands before a question; may be empty. */
    public String queryPrompt() {
        return prompts.getOrDefault("query", "");
    }

    /** What stands before a passage; may be empty. */
    public String passagePrompt() {
        return prompts.getOrDefault("document", prompts.getOrDefault("passage", ""));
    }

    /** What stands before a text of which nothing is said. */
    public String defaultPromptText() {
        return defaultPrompt.map(name -> prompts.getOrDefault(name, "")).orElse("");
    }

    /** What stands before a question of another task, said in words; empty where the model's form of it is not known. */
    public Optional<String> instructed(String task) {
        var form = INSTRUCTED.matcher(queryPrompt());
        return form.matches() ? Optional.of(form.group(1) + task + form.group(2)) : Optional.empty();
    }

    // ---- after a text was read ----

    /** Numbers of a whole vector of a model with states of this size. */
    public int width(int hiddenSize) {
        return poolings.size() * hiddenSize;
    }

    /**
     * The vector of a text, of length one.
     *
     * @param pooled what the engine has gathered of it
     * @param dimensions its first numbers alone, as Matryoshka models allow it (Kusupati et al. 2022, arXiv:2205.13147); empty for the
     *     model's choice
     */
    public float[] vector(float[] pooled, OptionalInt dimensions) {
        var wanted = dimensions.isPresent() ? dimensions : defaultDimensions;
        var vector = new float[Math.min(wanted.orElse(pooled.length), pooled.length)];
        var square = 0.0;
        for (int i = 0; i < vector.length; i++) square += (double) pooled[i] * pooled[i];
        var length = Math.sqrt(square);
        for (int i = 0; i < vector.length && length > 0; i++) vector[i] = (float) (pooled[i] / length);
        return vector;
    }
}
