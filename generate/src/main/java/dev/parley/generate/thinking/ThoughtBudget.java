package dev.parley.generate.thinking;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.LogitsProcessor;
import dev.parley.generate.tools.ToolFormat;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Ends thoughts that have used up their tokens: a sentence that says so and the closing tag come next, token by token, and then the
 * answer. What it does follows from the tokens alone, so that beams, drafts and a sequence that is read again are treated alike.
 */
public final class ThoughtBudget implements LogitsProcessor {

    private static final int LONGEST_TAG = 16; // tokens
    private static final int LONGEST_CHARACTER = 8; // tokens

    private final Tokenizer tokenizer;
    private final ThinkingFormat format;
    private final int from;
    private final boolean opened;
    private final int budget;
    private final int[] ending;
    private final int[] barred; // tokens that must not come then

    private ThoughtBudget(Tokenizer tokenizer, ThinkingFormat format, int from, boolean opened, int budget) {
        this.tokenizer = tokenizer;
        this.format = format;
        this.from = from;
        this.opened = opened;
        this.budget = budget;
        ending = tokenizer.encodeWithSpecialTokens(format.ending(budget > 0, opened));
        barred = IntStream.range(0, format.barred().isEmpty() ? 0 : tokenizer.vocabSize()).filter(this::beginsBarred).toArray();
    }

    /**
     * The budget that a configuration sets, for a model whose template knows of thoughts.
     *
     * @param prompt and what is there of the answer
     * @param from where the answer begins in it
     */
    public static Optional<LogitsProcessor> of(GenerationConfig config, Optional<Tokenizer> tokenizer, int[] prompt, int from) {
        if (config.thinkingBudget() < 0 || tokenizer.isEmpty()) return Optional.empty();
        var asked = Arrays.copyOf(prompt, from);
        return tokenizer.get().chatTemplate().flatMap(ThoughtBudget::format).filter(format -> !format.isClosedAtEnd(tokenizer.get(), asked))
                .map(format -> new ThoughtBudget(tokenizer.get(), format, from, format.isOpenAtEnd(tokenizer.get(), asked),
                        config.thinkingBudget()));
    }

    private static Optional<ThinkingFormat> format(ChatTemplate template) {
        return ToolTemplate.of(template).format() == ToolFormat.HARMONY ? Optional.of(ThinkingFormat.HARMONY) : ThinkingFormat.of(template);
    }

    @Override
    public void process(int[] ids, float[] logits) {
        var ended = ended(ids);
        if (ended.isEmpty()) return;
        if (ended.getAsInt() == ending.length) {
            for (var id : barred) {
                if (id < logits.length) logits[id] = Float.NEGATIVE_INFINITY;
            }
        } else if (ending[ended.getAsInt()] < logits.length) {
            Arrays.fill(logits, Float.NEGATIVE_INFINITY);
            logits[ending[ended.getAsInt()]] = 0;
        }
    }

    /** How many tokens there are of what ends thoughts that have used up theirs; empty where they go on, or the answer does. */
    private OptionalInt ended(int[] ids) {
        var most = from + (long) LONGEST_TAG + budget + LONGEST_CHARACTER + ending.length;
        if (ids.length - from < budget || ids.length > most) return OptionalInt.empty();
        var start = opened ? OptionalInt.of(from) : start(ids);
        if (start.isEmpty() || start.getAsInt() + budget > ids.length) return OptionalInt.empty();
        var end = start.getAsInt() + budget;
        while (end < ids.length && isWithinCharacter(ids, start.getAsInt(), end)) end++;
        var ended = ids.length - end;
        if (ended > ending.length || !Arrays.equals(ids, end, ids.length, ending, 0, ended)) return OptionalInt.empty();
        var isClosed = tokenizer.decode(Arrays.copyOfRange(ids, start.getAsInt(), end), false).contains(format.close());
        return isClosed || isWithinCharacter(ids, start.getAsInt(), end) ? OptionalInt.empty() : OptionalInt.of(ended);
    }

    private boolean beginsBarred(int id) {
        var text = new String(tokenizer.textBytes(id, false), StandardCharsets.UTF_8);
        return !text.isEmpty() && format.barred().startsWith(text);
    }

    /** Where thoughts begin that the answer opens itself: after their tag. */
    private OptionalInt start(int[] ids) {
        for (int end = from + 1; end <= Math.min(ids.length, from + LONGEST_TAG); end++) {
            var text = tokenizer.decode(Arrays.copyOfRange(ids, from, end), false).stripLeading();
            if (text.startsWith(format.open())) return OptionalInt.of(end);
            if (!text.isEmpty() && !format.open().startsWith(text) && !text.endsWith("\ufffd")) return OptionalInt.empty();
        }
        return OptionalInt.empty();
    }

    private boolean isWithinCharacter(int[] ids, int start, int end) {
        return end > start && end - start < budget + LONGEST_CHARACTER
                && tokenizer.decode(Arrays.copyOfRange(ids, Math.max(start, end - LONGEST_CHARACTER), end), false).endsWith("\ufffd");
    }
}
