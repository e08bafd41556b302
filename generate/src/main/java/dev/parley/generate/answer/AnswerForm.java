package dev.parley.generate.answer;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.thinking.ThinkingFormat;
import dev.parley.generate.tools.HarmonyFormat;
import dev.parley.generate.tools.Tool;
import dev.parley.generate.tools.ToolFormat;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.grammar.Grammar;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * How the answer to a prompt is written.
 *
 * @param thinking how thoughts are; empty for a model that does not think
 * @param format of calls
 * @param calls which there may be; empty where no function may be called
 */
public record AnswerForm(Tokenizer tokenizer, Optional<Thinking> thinking, ToolFormat format, Optional<Calls> calls) {

    /**
     * How thoughts are told from the answer.
     *
     * @param opened whether the prompt ends within them
     * @param closed whether the prompt has them behind it, so that none come
     */
    public record Thinking(ThinkingFormat format, boolean opened, boolean closed) {}

    /**
     * The calls that an answer may have.
     *
     * @param tools that the model is told of
     * @param callable those of them that may be called where a grammar holds
     * @param several whether there may be several calls
     * @param use whether there must be one
     */
    public record Calls(List<Tool> tools, List<Tool> callable, boolean several, Use use) {

        /** Any number of calls of any of these tools. */
        public static Calls asItLikes(List<Tool> tools) {
            return new Calls(tools, tools, true, Use.AS_IT_LIKES);
        }

        /** What is not strict may have any arguments. */
        private List<Tool> bySchema() {
            return callable.stream().map(tool -> tool.strict() ? tool : tool.withAnyArguments()).toList();
        }
    }

    /** Whether an answer calls functions. */
    public enum Use {

        /** The model decides; what it calls of a strict tool keeps its schema. */
        AS_IT_LIKES,

        /** It does nothing else. */
        ALWAYS
    }

    /** The form of a text that is nothing but text. */
    public static AnswerForm ofText(Tokenizer tokenizer) {
        return new AnswerForm(tokenizer, Optional.empty(), ToolFormat.HERMES, Optional.empty());
    }

    /** The form of the answer to a prompt, by the model's template. */
    public static AnswerForm of(Tokenizer tokenizer, ChatTemplate template, int[] prompt, Optional<Calls> calls) {
        var format = ToolTemplate.of(template).format();
        if (format == ToolFormat.HARMONY) return new AnswerForm(tokenizer, Optional.empty(), format, calls);
        var thinking = ThinkingFormat.of(template)
                .map(tags -> new Thinking(tags, tags.isOpenAtEnd(tokenizer, prompt), tags.isClosedAtEnd(tokenizer, prompt)));
        return new AnswerForm(tokenizer, thinking, format, calls);
    }

    /** Whether the answer is written in messages of harmony, each thoughts, text or a call. */
    boolean isHarmony() {
        return format == ToolFormat.HARMONY;
    }

    /** The special tokens that the answer shows as text, so that it can be read. */
    public List<Integer> shownTokens() {
        var shown = new TreeSet<Integer>();
        thinking.ifPresent(t -> t.format().specialTokens(tokenizer).forEach(token -> shown.add(token.id())));
        if (calls.isPresent() || isHarmony()) format.specialTokens(tokenizer).forEach(token -> shown.add(token.id()));
        return List.copyOf(shown);
    }

    /**
     * What the whole answer must be, not compiled yet; empty where it is free. A grammar holds what comes after the thoughts.
     *
     * @param text what its text must be, if that is asked for
     * @throws dev.parley.grammar.GrammarException if the schema of a tool cannot be honoured
     */
    public Optional<Grammar> grammar(Optional<Grammar> text) {
        var answer = isHarmony() ? text.map(ToolFormat.HARMONY::text) : text;
        return calls.flatMap(c -> ofCalls(c, answer)).or(() -> answer).map(this::afterThoughts);
    }

    /** A required call is the grammar; an optional one stands beside the grammar of the text, or may come anywhere in free text. */
    private Optional<Grammar> ofCalls(Calls calls, Optional<Grammar> text) {
        if (calls.use == Use.ALWAYS) return Optional.of(format.calls(calls.callable, calls.several));
        if (text.isPresent()) return Optional.of(Grammar.anyOf(List.of(text.get(), format.calls(calls.callable, calls.several))));
        if (calls.callable.stream().noneMatch(Tool::strict)) return Optional.empty();
        return Optional.of(format.textWithCalls(calls.bySchema(), calls.several));
    }

    private Grammar afterThoughts(Grammar answer) {
        if (isHarmony()) return ToolFormat.HARMONY.afterThoughts(answer);
        if (thinking.isEmpty() || thinking.get().closed()) return answer;
        var format = thinking.get().format();
        if (thinking.get().opened()) return Grammar.sequence(format.rest(), answer);
        return Grammar.anyOf(List.of(answer, Grammar.sequence(format.whole(), answer)));
    }

    /**
     * The settings by which such an answer is generated.
     *
     * @param grammar as {@link #grammar} says
     */
    public GenerationConfig config(GenerationConfig settings, Optional<Grammar> grammar) {
        var config = settings.toBuilder().shownSpecialTokens(shownTokens());
        grammar.ifPresent(config::grammar);
        var ends = ends(grammar.isPresent());
        if (ends.isEmpty()) return config.build();
        return config.stopStrings(Stream.concat(settings.stopStrings().stream(), ends.stream()).toList()).build();
    }

    /** What ends the answer, beside the tokens that end all. */
    private List<String> ends(boolean hasGrammar) {
        if (isHarmony()) return HarmonyFormat.ENDS_OF_ANSWER;
        var one = !hasGrammar && calls.isPresent() && !calls.get().several;
        return one ? format.endOfOneCall().stream().toList() : List.of();
    }
}
