package dev.parley.generate.tools;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.grammar.Grammar;
import dev.parley.tokenizer.AddedToken;
import dev.parley.tokenizer.Tokenizer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** How a model writes calls of functions. Each format is a file of its own. */
public sealed interface ToolFormat permits DeepSeekFormat, GemmaFormat, HarmonyFormat, HermesFormat, LlamaFormat, MistralFormat,
        MistralListFormat, PythonFormat, QwenCoderFormat {

    /** Hermes, Qwen 2.5 and 3, and where a template knows of no tools. */
    ToolFormat HERMES = new HermesFormat();

    /** Llama 3.1 and later. */
    ToolFormat LLAMA = new LlamaFormat();

    /** Mistral's models of 2023 and 2024. */
    ToolFormat MISTRAL_LIST = new MistralListFormat();

    /** Mistral's models since. */
    ToolFormat MISTRAL = new MistralFormat();

    /** Qwen3-Coder and Qwen 3.5. */
    ToolFormat QWEN_CODER = new QwenCoderFormat();

    /** LFM2. */
    ToolFormat PYTHON = new PythonFormat();

    /** FunctionGemma. */
    ToolFormat FUNCTION_GEMMA = new GemmaFormat("function-gemma", "<start_function_call>", "<end_function_call>", "<escape>");

    /** Gemma 4. */
    ToolFormat GEMMA = new GemmaFormat("gemma", "<|tool_call>", "<tool_call|>", "<|\"|>");

    /** GPT-OSS. */
    HarmonyFormat HARMONY = new HarmonyFormat();

    /** DeepSeek V3.1 and later. */
    ToolFormat DEEPSEEK = new DeepSeekFormat(false);

    /** DeepSeek R1 and V3. */
    ToolFormat DEEPSEEK_BLOCKS = new DeepSeekFormat(true);

    /** All formats, in the order in which they are looked for. */
    List<ToolFormat> ALL = List.of(HARMONY, QWEN_CODER, HERMES, MISTRAL, MISTRAL_LIST, PYTHON, FUNCTION_GEMMA, GEMMA, DEEPSEEK_BLOCKS,
            DEEPSEEK,
            LLAMA);

    /** What it is called in documents and tests. */
    String name();

    /** What tells that calls begin, each alone; none where the beginning of the answer does. */
    List<String> markers();

    /** The tokens of which it is made where a model has them as special ones, which show no text otherwise. */
    List<String> marks();

    /** The text after a call, where another may follow only after it: what ends an answer that is to have one call. */
    Optional<String> endOfOneCall();

    /**
     * Whether a template has written a call so.
     *
     * @param before what stands before the function's name
     * @param between the name, and what stands between it and the value of its only argument
     */
    boolean hasWritten(String before, String between);

    /** Whether a template that shows tools, but no calls, is of a model that is taught this format: its text says so. */
    default boolean isTaughtBy(String template) {
        return false;
    }

    /**
     * Calls as the model writes them, for templates that leave that to the text of messages.
     *
     * @param calls in the shape of OpenAI's API, with arguments as objects
     */
    default String written(Iterable<JsonNode> calls) {
        throw new UnsupportedOperationException(name());
    }

    /** Whether ids of calls must have nine letters and digits. */
    default boolean hasShortIds() {
        return false;
    }

    /**
     * An answer that calls functions and says nothing else, not compiled yet.
     *
     * @param several whether there may be several calls
     * @throws dev.parley.grammar.GrammarException if the schema of a tool cannot be honoured
     */
    Grammar calls(Collection<Tool> tools, boolean several);

    /**
     * Free text in which calls may come: from the marker of one on it keeps to the form of calls.
     *
     * @param several whether there may be several calls
     * @throws dev.parley.grammar.GrammarException if the schema of a tool cannot be honoured
     */
    default Grammar textWithCalls(Collection<Tool> tools, boolean several) {
        var text = Grammar.ofTextWithout(markers());
        var calls = calls(tools, several);
        return Grammar.sequence(text, several ? Grammar.sequence(calls, text).anyNumber() : calls.optional());
    }

    /** Reads calls, from their marker on. */
    CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink);

    /** Those of its {@link #marks} that a tokenizer has as special tokens: they are to be shown as text, so that calls can be read. */
    default List<AddedToken> specialTokens(Tokenizer tokenizer) {
        return tokenizer.tokensWithoutText().filter(token -> marks().contains(token.content())).toList();
    }
}
