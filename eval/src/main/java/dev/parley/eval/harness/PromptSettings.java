package dev.parley.eval.harness;

import dev.parley.tokenizer.ChatTemplate;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What changes prompts, and so scores, beside the task itself.
 *
 * @param numFewshot examples before each question; empty for what the task says. A task that says 0 keeps 0
 * @param seed of the drawing of examples
 * @param chatTemplate that prompts are put into; empty for plain text
 * @param specialTokens that the template may write
 * @param multiTurn whether examples are turns of their own in the conversation
 * @param systemInstruction at the beginning
 */
public record PromptSettings(OptionalInt numFewshot, long seed, Optional<ChatTemplate> chatTemplate, Map<String, String> specialTokens,
        boolean multiTurn, Optional<String> systemInstruction) {

    /** That tool's seed. */
    public static final long SEED = 1234;

    /** Plain text, examples as the task says. */
    public static final PromptSettings DEFAULT = new PromptSettings(OptionalInt.empty(), SEED, Optional.empty(), Map.of(), true,
            Optional.empty());

    int fewshotOf(TaskConfig task) {
        var own = task.numFewshot();
        if (numFewshot.isEmpty() || own.isPresent() && own.get() == 0) return own.orElse(0);
        return numFewshot.getAsInt();
    }
}
