package dev.parley.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * How a conversation becomes one text. Parley's own models carry ChatML: each turn is
 * {@code <|im_start|>role\ncontent<|im_end|>\n}. What the assistant says, its end-of-turn token included, is what a model
 * learns.
 */
public final class ChatTemplate {

    /** Begins a turn. */
    public static final String START = "<|im_start|>";

    /** Ends a turn. */
    public static final String END = "<|im_end|>";

    private static final String CHATML = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content']"
            + " + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private static final ChatTemplate INSTANCE = new ChatTemplate();

    private ChatTemplate() {}

    /** The template of Parley's own models. */
    public static ChatTemplate chatMl() {
        return INSTANCE;
    }

    /**
     * A template from its source in Jinja.
     *
     * @throws TokenizerException if it is another than ChatML, which this version cannot render
     */
    public static ChatTemplate parse(String source, String where) {
        if (source.strip().equals(CHATML)) return INSTANCE;
        throw new TokenizerException(where + ": this version of Parley renders the ChatML template of its own models only, and this"
                + " is another.");
    }

    /** The source in Jinja, as transformers reads it. */
    public String source() {
        return CHATML;
    }

    /** A part of a text, in chars. */
    public record Span(int start, int end) {}

    /** A conversation as text, and where in it the assistant speaks, end-of-turn token included. */
    public record Rendered(String text, List<Span> assistantSpans) {}

    /** @param addGenerationPrompt whether the text ends where the assistant is to begin */
    public Rendered render(List<Message> messages, boolean addGenerationPrompt) {
        var text = new StringBuilder();
        var spans = new ArrayList<Span>();
        for (var message : messages) {
            text.append(START).append(message.role()).append('\n');
            var start = text.length();
            text.append(message.content()).append(END);
            if (message.role().equals("assistant")) spans.add(new Span(start, text.length()));
            text.append('\n');
        }
        if (addGenerationPrompt) text.append(START).append("assistant\n");
        return new Rendered(text.toString(), List.copyOf(spans));
    }

    /** A conversation as tokens, and which of them the assistant says. */
    public record Encoded(int[] ids, boolean[] assistantMask) {}

    /**
     * Encodes a conversation once, as a whole. Special tokens are made where the template puts them, never from
     * what a turn's content says.
     */
    public Encoded encode(Tokenizer tokenizer, List<Message> messages, boolean addGenerationPrompt) {
        int start = special(tokenizer, START), end = special(tokenizer, END);
        var ids = new IntList(64);
        var spoken = new IntList(64); // 1 where the assistant speaks
        for (var message : messages) {
            var assistant = message.role().equals("assistant") ? 1 : 0;
            add(ids, spoken, 0, start);
            var head = message.role() + "\n";
            var turn = tokenizer.encodeWithOffsets(head + message.content(), false);
            for (int i = 0; i < turn.ids().length; i++) {
                add(ids, spoken, turn.starts()[i] >= head.length() ? assistant : 0, turn.ids()[i]);
            }
            add(ids, spoken, assistant, end);
            add(ids, spoken, 0, tokenizer.encode("\n"));
        }
        if (addGenerationPrompt) {
            add(ids, spoken, 0, start);
            add(ids, spoken, 0, tokenizer.encode("assistant\n"));
        }
        var mask = new boolean[ids.size()];
        var flags = spoken.toArray();
        for (int i = 0; i < mask.length; i++) mask[i] = flags[i] == 1;
        return new Encoded(ids.toArray(), mask);
    }

    private static void add(IntList ids, IntList spoken, int flag, int... more) {
        for (var id : more) {
            ids.add(id);
            spoken.add(flag);
        }
    }

    private static int special(Tokenizer tokenizer, String token) {
        return tokenizer.idOf(token).orElseThrow(() -> new TokenizerException("The tokenizer has no token " + token
                + ", which its chat template needs."));
    }
}
