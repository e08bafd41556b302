package dev.parley.tokenizer;

import dev.parley.tokenizer.jinja.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a conversation becomes one text: a template in Jinja, as model folders carry it. Parley's own models carry ChatML: each
 * turn is {@code <|im_start|>role\ncontent<|im_end|>\n}. What the assistant says, its end-of-turn token included, is what a
 * model learns.
 */
public final class ChatTemplate {

    /** Begins a turn of ChatML. */
    public static final String START = "<|im_start|>";

    /** Ends a turn of ChatML. */
    public static final String END = "<|im_end|>";

    private static final String CHATML = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content']"
            + " + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private static final ChatTemplate INSTANCE = new ChatTemplate(CHATML, Template.parse(CHATML, "chat template"));

    /** Characters that are never text: one keeps a special token's name in a turn's content from being taken for the token. */
    private static final int FIRST_NONCHARACTER = 0xfdd0;
    private static final int LAST_NONCHARACTER = 0xfdef;

    private final String source;
    private final Template template;

    private ChatTemplate(String source, Template template) {
        this.source = source;
        this.template = template;
    }

    /** The template of Parley's own models. */
    public static ChatTemplate chatMl() {
        return INSTANCE;
    }

    /**
     * A template from its source in Jinja.
     *
     * @throws TokenizerException naming the line and what cannot be read there
     */
    public static ChatTemplate parse(String source, String where) {
        return source.strip().equals(CHATML) ? INSTANCE : new ChatTemplate(source, Template.parse(source, where));
    }

    /** The source in Jinja, as transformers reads it. */
    public String source() {
        return source;
    }

    /** A part of a text, in chars. */
    public record Span(int start, int end) {}

    /** A conversation as text, and where in it the assistant speaks, end-of-turn token included. */
    public record Rendered(String text, List<Span> assistantSpans) {}

    /** @param addGenerationPrompt whether the text ends where the assistant is to begin */
    public Rendered render(List<Message> messages, boolean addGenerationPrompt) {
        return render(messages, addGenerationPrompt, Map.of());
    }

    /**
     * Renders a conversation.
     *
     * @param variables more that the template may ask for: {@code bos_token}, {@code tools}, {@code enable_thinking} and the like, as
     *     values of JSON's kinds
     */
    public Rendered render(List<Message> messages, boolean addGenerationPrompt, Map<String, ?> variables) {
        var maps = maps(messages);
        var rendered = template.render(values(maps, addGenerationPrompt, variables));
        if (!rendered.generated().isEmpty()) {
            return new Rendered(rendered.text(), rendered.generated().stream().map(s -> new Span(s.start(), s.end())).toList());
        }
        return new Rendered(rendered.text(), assistantSpans(maps, rendered.text(), variables));
    }

    /** Renders what a template's user in Python would hand over: messages, tools and all else by name. */
    public String render(Map<String, ?> values) {
        return template.render(values).text();
    }

    private static List<Map<String, Object>> maps(List<Message> messages) {
        var maps = new ArrayList<Map<String, Object>>();
        for (var message : messages) {
            var map = new LinkedHashMap<String, Object>();
            map.put("role", message.role());
            map.put("content", message.content());
            maps.add(map);
        }
        return maps;
    }

    private static Map<String, Object> values(List<Map<String, Object>> messages, boolean addGenerationPrompt, Map<String, ?> variables) {
        var values = new HashMap<String, Object>(variables);
        values.put("messages", messages);
        values.put("add_generation_prompt", addGenerationPrompt);
        return values;
    }

    /**
     * Where the assistant speaks, for a template that does not say it by generation blocks: what the text has beyond the
     * conversation before, with the beginning of an answer. Where a template writes earlier turns otherwise once others follow
     * them, the turn's content is looked for instead.
     */
    private List<Span> assistantSpans(List<Map<String, Object>> messages, String text, Map<String, ?> variables) {
        var spans = new ArrayList<Span>();
        var from = 0;
        for (int i = 0; i < messages.size(); i++) {
            if (!messages.get(i).get("role").equals("assistant")) continue;
            var span = difference(messages, i, text, variables);
            if (span == null || span.start() < from) span = search(String.valueOf(messages.get(i).get("content")), text, from);
            if (span == null) continue;
            spans.add(span);
            from = span.end();
        }
        return List.copyOf(spans);
    }

    private Span difference(List<Map<String, Object>> messages, int turn, String text, Map<String, ?> variables) {
        try {
            var before = template.render(values(messages.subList(0, turn), true, variables)).text();
            var after = template.render(values(messages.subList(0, turn + 1), false, variables)).text();
            if (!text.startsWith(after) || !after.startsWith(before)) return null;
            return new Span(before.length(), before.length() + after.substring(before.length()).stripTrailing().length());
        } catch (TokenizerException e) {
            return null; // the template refuses to end there
        }
    }

    /** The content and what follows it up to the next white space: the token that ends the turn. */
    private static Span search(String content, String text, int from) {
        var at = text.indexOf(content.strip(), from);
        if (at < 0) return null;
        var end = at + content.strip().length();
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) end++;
        return new Span(at, end);
    }

    /** A conversation as tokens, and which of them the assistant says. */
    public record Encoded(int[] ids, boolean[] assistantMask) {}

    /**
     * Encodes a conversation once, as a whole. Special tokens are made where the template puts them, never from what a turn's
     * content says.
     */
    public Encoded encode(Tokenizer tokenizer, List<Message> messages, boolean addGenerationPrompt) {
        return encode(tokenizer, messages, addGenerationPrompt, Map.of());
    }

    /** The same with more for the template; see {@link #render(List, boolean, Map)}. */
    public Encoded encode(Tokenizer tokenizer, List<Message> messages, boolean addGenerationPrompt, Map<String, ?> variables) {
        if (this == INSTANCE) {
            for (var token : List.of(START, END)) {
                if (tokenizer.idOf(token).isEmpty()) throw new TokenizerException("The tokenizer has no token " + token + ", which its chat template needs.");
            }
        }
        var mark = mark(messages);
        var all = new HashMap<String, Object>(variables);
        tokenizer.settings().bosToken().ifPresent(t -> all.putIfAbsent("bos_token", t));
        tokenizer.settings().eosToken().ifPresent(t -> all.putIfAbsent("eos_token", t));
        var rendered = render(messages.stream().map(m -> new Message(m.role(), marked(m.content(), tokenizer, mark))).toList(), addGenerationPrompt, all);
        var ids = new IntList(64);
        var spoken = new IntList(64); // 1 where the assistant speaks
        for (var part : tokenizer.addedTokens().split(rendered.text())) {
            if (part.token().isPresent()) {
                ids.add(part.token().get().id());
                spoken.add(flag(rendered, part.start()));
            } else {
                plain(tokenizer, rendered, part.start(), part.end(), mark, ids, spoken);
            }
        }
        var mask = new boolean[ids.size()];
        var flags = spoken.toArray();
        for (int i = 0; i < mask.length; i++) mask[i] = flags[i] == 1;
        return new Encoded(ids.toArray(), mask);
    }

    private static int flag(Rendered rendered, int at) {
        return rendered.assistantSpans().stream().anyMatch(s -> at >= s.start() && at < s.end()) ? 1 : 0;
    }

    /** Encodes a part without special tokens, its marks taken out. */
    private static void plain(Tokenizer tokenizer, Rendered rendered, int start, int end, char mark, IntList ids, IntList spoken) {
        var text = new StringBuilder();
        var placeOf = new int[end - start];
        for (int i = start; i < end; i++) {
            if (rendered.text().charAt(i) == mark) continue;
            placeOf[text.length()] = i;
            text.append(rendered.text().charAt(i));
        }
        var encoding = tokenizer.encodeWithOffsets(text.toString(), false);
        for (int i = 0; i < encoding.ids().length; i++) {
            ids.add(encoding.ids()[i]);
            spoken.add(flag(rendered, placeOf[Math.min(encoding.starts()[i], Math.max(0, text.length() - 1))]));
        }
    }

    /** A character that no turn has. */
    private static char mark(List<Message> messages) {
        for (int c = FIRST_NONCHARACTER; c <= LAST_NONCHARACTER; c++) {
            var mark = c;
            if (messages.stream().noneMatch(m -> m.content().indexOf(mark) >= 0)) return (char) c;
        }
        throw new TokenizerException("A conversation holds all of Unicode's noncharacters, which is no text.");
    }

    /** Breaks the names of special tokens that a turn's content has. */
    private static String marked(String content, Tokenizer tokenizer, char mark) {
        for (var token : tokenizer.added().values()) {
            if (token.special() && content.contains(token.content())) {
                content = content.replace(token.content(), token.content().charAt(0) + "" + mark + token.content().substring(1));
            }
        }
        return content;
    }
}
