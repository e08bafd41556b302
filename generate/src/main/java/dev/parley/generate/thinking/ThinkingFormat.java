package dev.parley.generate.thinking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.tools.HarmonyFormat;
import dev.parley.grammar.Grammar;
import dev.parley.tokenizer.AddedToken;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a model writes its thoughts.
 *
 * @param open what begins them
 * @param close what ends them
 * @param next what stands between them and the answer, where that is more than white space
 * @param barred what must not follow there, because it would begin thoughts again; empty where nothing would
 */
public record ThinkingFormat(String open, String close, String next, String barred) {

    /** Qwen3, SmolLM3, DeepSeek-R1, and most others. */
    public static final ThinkingFormat THINK = new ThinkingFormat("<think>", "</think>");

    /** Mistral's Magistral. */
    public static final ThinkingFormat BRACKETS = new ThinkingFormat("[THINK]", "[/THINK]");

    /** The messages of GPT-OSS, which {@link HarmonyFormat} tells apart: what ends thoughts there, and no more. */
    static final ThinkingFormat HARMONY = new ThinkingFormat(HarmonyFormat.CHANNEL + "analysis" + HarmonyFormat.MESSAGE, HarmonyFormat.END,
            HarmonyFormat.START + "assistant" + HarmonyFormat.CHANNEL, "analysis");

    private static final String ENOUGH = "I have used up the room that I have to think, so I answer now with what I know.";
    private static final int END_OF_PROMPT = 16; // tokens in which a template opens thoughts
    private static final Grammar BLANK = Grammar.ofRegex("\\n{0,2}");
    private static final List<ThinkingFormat> KNOWN = List.of(THINK, BRACKETS);

    /** Thoughts between tags. */
    public ThinkingFormat(String open, String close) {
        this(open, close, "", "");
    }

    /** The format that a template knows of; empty for a model that does not think, or not in a known format. */
    public static Optional<ThinkingFormat> of(ChatTemplate template) {
        return KNOWN.stream().filter(format -> template.source().contains(format.close)).findFirst();
    }

    /** Whether a prompt of tokens ends within thoughts. */
    public boolean isOpenAtEnd(Tokenizer tokenizer, int[] prompt) {
        return isOpenAtEnd(end(tokenizer, prompt));
    }

    /** Whether a prompt of tokens ends behind thoughts, which a template writes that was told not to think. */
    public boolean isClosedAtEnd(Tokenizer tokenizer, int[] prompt) {
        return end(tokenizer, prompt).stripTrailing().endsWith(close);
    }

    private static String end(Tokenizer tokenizer, int[] prompt) {
        return tokenizer.decode(Arrays.copyOfRange(prompt, Math.max(0, prompt.length - END_OF_PROMPT), prompt.length), false);
    }

    /** Those of its tags that a tokenizer has as special tokens: they are to be shown as text, so that thoughts can be told. */
    public List<AddedToken> specialTokens(Tokenizer tokenizer) {
        return tokenizer.tokensWithoutText().filter(token -> token.content().equals(open) || token.content().equals(close)).toList();
    }

    /**
     * What ends thoughts that may not go on.
     *
     * @param thought whether there are any
     * @param opened whether the prompt has opened them, with a line end behind the tag
     */
    String ending(boolean thought, boolean opened) {
        if (!next.isEmpty()) return (thought ? "\n\n" + ENOUGH : "") + close + next;
        return (thought ? "\n\n" + ENOUGH + "\n" : opened ? "\n" : "\n\n") + close + "\n\n";
    }

    /** Variables by which templates that know of it open no thoughts, where there is no budget for them. */
    public static Map<String, JsonNode> variables(GenerationConfig config) {
        return config.thinkingBudget() == 0 ? Map.of("enable_thinking", BooleanNode.FALSE) : Map.of();
    }

    /** Thoughts that have begun, to the answer: what structured output leaves free. */
    public Grammar rest() {
        return Grammar.sequence(Grammar.ofTextWithout(List.of(close)), Grammar.ofText(close), BLANK);
    }

    /** Thoughts as a whole. */
    public Grammar whole() {
        return Grammar.sequence(Grammar.ofText(open), rest());
    }

    /**
     * Whether a prompt ends within thoughts, so that the answer begins with them: some templates open them themselves, and a template
     * that was told not to think closes them at once.
     *
     * @param prompt its text, or the end of it
     */
    public boolean isOpenAtEnd(String prompt) {
        var opened = prompt.lastIndexOf(open);
        return opened >= 0 && prompt.indexOf(close, opened) < 0 && prompt.substring(opened + open.length()).isBlank();
    }
}
