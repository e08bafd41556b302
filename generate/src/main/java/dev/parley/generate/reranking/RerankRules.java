package dev.parley.generate.reranking;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.embedding.Pooling;
import dev.parley.generate.embedding.SentenceFiles;
import dev.parley.model.GgufImport;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelFiles;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.weights.Gguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a model judges documents. A reranker has no architecture of its own; it is known by, in this order: {@code 1_LogitScore/config.json}
 * of sentence-transformers, which names the tokens that agree and disagree; an architecture {@code …ForSequenceClassification} with one
 * label, whose head is {@code score.weight}; a GGUF file's {@code pooling_type} 4; and else, as other servers are told by hand, its name,
 * in which there is "rerank". The latter two ask for "yes" and "no", which the tokenizer must have.
 *
 * @param prompt what it reads
 * @param verdict what it says
 */
public record RerankRules(RerankPrompt prompt, Verdict verdict) {

    /** What is to be gathered of a prompt: the state after its last token. */
    public static final List<Pooling> LAST_STATE = List.of(Pooling.LAST_TOKEN);

    private static final String HEAD = "score.weight";
    private static final long RANK = 4; // of GGUF's kinds of pooling

    /**
     * Reads a model's rules; empty of a model that is no reranker.
     *
     * @param model its folder, or GGUF file
     * @throws IllegalArgumentException if it is one of a kind that is not known
     */
    public static Optional<RerankRules> of(Path model, Tokenizer tokenizer) {
        if (GgufImport.isGguf(model)) return isCalledSo(model) || isRankedGguf(model) ? byWords(tokenizer) : Optional.empty();
        var files = SentenceFiles.of(model);
        var scored = files.step("LogitScore").or(() -> files.step("CausalScoreHead")).orElse("1_LogitScore");
        var config = files.json(scored + "/config.json");
        var verdict = config.isMissingNode() ? head(model, files.json("config.json"))
                : Optional.of(tokens(model.resolve(scored).resolve("config.json"), config, tokenizer));
        if (verdict.isEmpty()) return isCalledSo(model) ? byWords(tokenizer) : Optional.empty();
        return verdict.map(v -> new RerankRules(prompt(tokenizer, files.defaultPromptName().map(files.prompts()::get)), v));
    }

    private static RerankPrompt prompt(Tokenizer tokenizer, Optional<String> instruction) {
        return tokenizer.chatTemplate().filter(RerankPrompt.ByTemplate::isOne)
                .<RerankPrompt>map(template -> new RerankPrompt.ByTemplate(template, instruction))
                .orElseGet(() -> new RerankPrompt.OfQwen3(instruction.orElse(RerankPrompt.OfQwen3.TASK)));
    }

    private static Verdict tokens(Path file, JsonNode config, Tokenizer tokenizer) {
        var yes = id(file, config, "true_token_id", tokenizer);
        if (yes.isEmpty()) throw new IllegalArgumentException(file + " names no true_token_id.");
        return new Verdict.Tokens(yes.getAsInt(), id(file, config, "false_token_id", tokenizer));
    }

    private static OptionalInt id(Path file, JsonNode config, String name, Tokenizer tokenizer) {
        var id = config.path(name);
        if (id.isMissingNode() || id.isNull()) return OptionalInt.empty();
        if (!id.isInt() || id.intValue() < 0 || id.intValue() >= tokenizer.vocabSize())
            throw new IllegalArgumentException(file + ": " + name + " is " + id + ", which is no token of the model.");
        return OptionalInt.of(id.intValue());
    }

    private static Optional<Verdict> head(Path model, JsonNode config) {
        if (!config.path("architectures").path(0).asText().endsWith("ForSequenceClassification")) return Optional.empty();
        try (var files = ModelFiles.open(model)) {
            var head = files.numbers(HEAD).orElseThrow(
                    () -> new IllegalArgumentException(model + " is said to classify texts, and has no " + HEAD + "."));
            if (head.length != files.config().hiddenSize())
                throw new IllegalArgumentException(model + ": " + HEAD + " has " + head.length + " numbers; Parley reranks by heads of one "
                        + "label, of " + files.config().hiddenSize() + ".");
            return Optional.of(new Verdict.Head(head));
        } catch (IOException e) {
            throw new UncheckedIOException(model + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    // ---- by its name ----

    /** By its file or folder; that of the hub's cache is two below the model's. */
    private static boolean isCalledSo(Path model) {
        var path = model.toAbsolutePath().normalize();
        for (int up = 0; up < 3 && path != null && path.getFileName() != null; up++, path = path.getParent()) {
            var name = path.getFileName().toString().toLowerCase(Locale.ROOT);
            if (name.contains("rerank") && (up == 0 || name.startsWith("models--"))) return true;
        }
        return false;
    }

    /** llama.cpp's conversions of rerankers say so by the kind of their pooling. */
    private static boolean isRankedGguf(Path file) {
        try (var gguf = Gguf.open(file)) {
            return new GgufSettings(gguf).whole("pooling_type").filter(type -> type == RANK).isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static Optional<RerankRules> byWords(Tokenizer tokenizer) {
        var yes = tokenizer.idOf("yes");
        var no = tokenizer.idOf("no");
        if (yes.isEmpty() || no.isEmpty()) return Optional.empty();
        return Optional.of(new RerankRules(prompt(tokenizer, Optional.empty()), new Verdict.Tokens(yes.getAsInt(), no)));
    }
}
