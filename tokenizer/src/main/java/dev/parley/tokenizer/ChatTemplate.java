package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.jinja.Inputs;
import dev.parley.jinja.Rendering;
import dev.parley.jinja.Rendering.Part;
import dev.parley.jinja.Rendering.Speaker;
import dev.parley.jinja.Template;
import dev.parley.jinja.TemplateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a conversation becomes one text, by a template in Jinja as models are published with.
 *
 * <pre>{@code
 * var template = Tokenizer.fromPretrained("my-model").chatTemplate().orElseThrow();
 * String prompt = template.render(List.of(Message.user("Hi")), true).text();
 * }</pre>
 *
 * Parley's own models carry ChatML: each turn is {@code <|im_start|>role\ncontent<|im_end|>\n}. Immutable; threads may share it.
 */
public final class ChatTemplate {

    /** Begins a turn of ChatML. */
    public static final String START = "<|im_start|>";

    /** Ends a turn of ChatML. */
    public static final String END = "<|im_end|>";

    private static final String CHATML = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content']"
            + " + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private static final long LARGEST = 1 << 20;

    private static final ChatTemplate INSTANCE = parse(CHATML, "ChatML");

    private final Template template;
    private final Optional<Template> toolUse;
    private final Map<String, String> specialTokens;

    private ChatTemplate(Template template, Optional<Template> toolUse, Map<String, String> specialTokens) {
        this.template = template;
        this.toolUse = toolUse;
        this.specialTokens = Map.copyOf(specialTokens);
    }

    /** The template of Parley's own models. */
    public static ChatTemplate chatMl() {
        return INSTANCE;
    }

    /**
     * A template from its source in Jinja.
     *
     * @param where the file, as errors name it
     * @throws TokenizerException naming the line, if it cannot be read or asks for what there is not
     */
    public static ChatTemplate parse(String source, String where) {
        return new ChatTemplate(parsed(source, where), Optional.empty(), Map.of());
    }

    /**
     * Loads a model folder's template, or a file with one.
     *
     * @throws TokenizerException if there is none, or it cannot be read as one
     */
    public static ChatTemplate load(Path folderOrFile) {
        try {
            if (Files.isDirectory(folderOrFile)) {
                return TokenizerFiles.template(folderOrFile).orElseThrow(() -> new TokenizerException(folderOrFile
                        + " has no chat template: there is no chat_template.jinja, and no chat_template in tokenizer_config.json."));
            }
            if (!Files.exists(folderOrFile)) throw new TokenizerException("There is no chat template at " + folderOrFile + ".");
            if (Files.size(folderOrFile) > LARGEST)
                throw new TokenizerException(folderOrFile + " is larger than a chat template can be (1 MiB).");
            return parse(Files.readString(folderOrFile), shortName(folderOrFile));
        } catch (MalformedInputException e) {
            throw new TokenizerException(folderOrFile + " is not UTF-8.");
        } catch (IOException e) {
            throw new UncheckedIOException(folderOrFile + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * A model folder's template, if it has one.
     *
     * @throws TokenizerException if it cannot be read as one
     * @throws IOException if a file cannot be read
     */
    public static Optional<ChatTemplate> find(Path folder) throws IOException {
        return TokenizerFiles.template(folder);
    }

    /** A file as errors name it, which clients of a server read too: by its folder, not by that folder's place on this machine. */
    static String shortName(Path file) {
        var folder = file.toAbsolutePath().normalize().getParent();
        return folder == null || folder.getFileName() == null ? file.getFileName().toString()
                : folder.getFileName() + "/" + file.getFileName();
    }

    /** The same, with another template for conversations that have tools. */
    ChatTemplate withToolUse(String source, String where) {
        return new ChatTemplate(template, Optional.of(parsed(source, where)), specialTokens);
    }

    /**
     * The same, with special tokens for conversations that bring none.
     *
     * @param tokens texts by role, such as {@code bos_token}
     */
    public ChatTemplate withSpecialTokens(Map<String, String> tokens) {
        return new ChatTemplate(template, toolUse, tokens);
    }

    /** The source in Jinja, as transformers reads it. */
    public String source() {
        return template.source();
    }

    /** The source of the template for conversations with tools, where it is another. */
    Optional<String> toolUseSource() {
        return toolUse.map(Template::source);
    }

    // ---- to text ----

    /**
     * What the assistant says in one message: a part of a text, in chars.
     *
     * @param message its number in the conversation
     */
    public record Span(int start, int end, int message) {}

    /**
     * A conversation as text, and where in it the assistant speaks, end-of-turn token included. With a generation prompt the
     * text is to be gone on with, not to be learned: there are spans then only where the template marks them by generation
     * blocks.
     */
    public record Rendered(String text, List<Span> assistantSpans) {}

    /**
     * A conversation of plain turns as text.
     *
     * @param addGenerationPrompt whether the text ends where the assistant is to begin
     */
    public Rendered render(List<Message> messages, boolean addGenerationPrompt) {
        return render(ChatTemplateInput.of(messages).withGenerationPrompt(addGenerationPrompt));
    }

    /**
     * A conversation as text.
     *
     * @throws TokenizerException naming the template and its line, if it refuses the conversation or goes wrong on it; or if it
     *     does not let the assistant's words be told apart
     */
    public Rendered render(ChatTemplateInput conversation) {
        var whole = run(conversation);
        return new Rendered(whole.text(), spans(conversation, whole));
    }

    /**
     * A conversation as text alone: for one of which the assistant's words need not be told apart.
     *
     * @throws TokenizerException as above
     */
    public String text(ChatTemplateInput conversation) {
        return run(conversation).text();
    }

    private static Template parsed(String source, String where) {
        try {
            return Template.parse(source, where);
        } catch (TemplateException e) {
            throw new TokenizerException(e.getMessage());
        }
    }

    private Rendering run(ChatTemplateInput conversation) {
        try {
            return chosen(conversation).render(inputs(conversation), conversation.now());
        } catch (TemplateException e) {
            throw new TokenizerException(e.getMessage());
        }
    }

    private Inputs inputs(ChatTemplateInput conversation) {
        var inputs = new Inputs();
        inputs.given("documents", JsonNodeFactory.instance.nullNode());
        conversation.variables().forEach(inputs::given);
        inputs.given("tools", conversation.tools().orElse(JsonNodeFactory.instance.nullNode()));
        inputs.given("add_generation_prompt", JsonNodeFactory.instance.booleanNode(conversation.addGenerationPrompt()));
        specialTokens.forEach(inputs::own);
        conversation.specialTokens().forEach(inputs::own);
        inputs.messages("messages", conversation.messages());
        return inputs;
    }

    private Template chosen(ChatTemplateInput conversation) {
        return conversation.tools().isPresent() ? toolUse.orElse(template) : template;
    }

    private List<Span> spans(ChatTemplateInput conversation, Rendering whole) {
        if (chosen(conversation).marksGeneration()) return AssistantSpans.marked(conversation, whole);
        if (conversation.addGenerationPrompt()) return List.of();
        return new AssistantSpans(conversation, whole, this::run, chosen(conversation).where()).find();
    }

    // ---- to tokens ----

    /** Encodes a conversation of plain turns; see {@link #encode(Tokenizer, ChatTemplateInput)}. */
    public EncodedChat encode(Tokenizer tokenizer, List<Message> messages, boolean addGenerationPrompt) {
        return encode(tokenizer, ChatTemplateInput.of(messages).withGenerationPrompt(addGenerationPrompt));
    }

    /**
     * Encodes a conversation: rendered once and encoded once, as a whole, with the tokens that the template writes and no
     * other. A special token is made only where all of its characters are the template's own, or those of a special token
     * that it was given to write; what messages, tools and variables say is plain text, whatever it looks like.
     *
     * @throws TokenizerException as {@link #render(ChatTemplateInput)} does
     */
    public EncodedChat encode(Tokenizer tokenizer, ChatTemplateInput conversation) {
        var complete = complete(tokenizer, conversation);
        var whole = run(complete);
        return new ChatEncoder(tokenizer, whole).encode(spans(complete, whole));
    }

    /**
     * Encodes a conversation as a prompt and what a model is to say after it: the tokens begin with those that the prompt has by itself,
     * and end with the token that ends the last answer.
     *
     * @param prompt messages of the prompt, which end where the assistant is to begin
     * @return the tokens, of which those behind the prompt alone may be answers
     * @throws TokenizerException as {@link #render(ChatTemplateInput)} does
     */
    public EncodedChat encodeAnswers(Tokenizer tokenizer, ChatTemplateInput conversation, int prompt) {
        var complete = complete(tokenizer, conversation.withGenerationPrompt(false));
        var whole = run(complete);
        var answers = spans(complete, whole).stream().filter(span -> span.message() >= prompt).toList();
        if (answers.isEmpty()) throw new TokenizerException(chosen(conversation).where() + " does not write the answer.");
        return new ChatEncoder(tokenizer, whole).encodeAfter(ids(tokenizer, run(complete.first(prompt).withGenerationPrompt(true))),
                answers);
    }

    /**
     * The tokens alone of a conversation, of which the assistant's need not be told apart: what that takes grows with the square of
     * the turns.
     *
     * @throws TokenizerException as {@link #text(ChatTemplateInput)} does
     */
    public int[] ids(Tokenizer tokenizer, ChatTemplateInput conversation) {
        return ids(tokenizer, run(complete(tokenizer, conversation)));
    }

    /**
     * The tokens of a conversation up to the last word of its last message, for a model that is to go on with that message rather than
     * to begin one. What the template writes after it, such as the token that ends a turn, is left out.
     *
     * @throws TokenizerException as {@link #text(ChatTemplateInput)} does, and if the template does not write the message
     */
    public int[] idsToContinue(Tokenizer tokenizer, ChatTemplateInput conversation) {
        var last = conversation.messages().size() - 1;
        var whole = run(complete(tokenizer, conversation.withGenerationPrompt(false)));
        var end = whole.parts().stream().filter(part -> part.speaker() == Speaker.MESSAGE && part.message() == last).mapToInt(Part::end)
                .max().orElseThrow(() -> new TokenizerException(chosen(conversation).where() + " does not write the last message."));
        return new ChatEncoder(tokenizer, whole).encoding(0, end).ids();
    }

    private ChatTemplateInput complete(Tokenizer tokenizer, ChatTemplateInput conversation) {
        if (equals(INSTANCE)) {
            for (var token : List.of(START, END)) {
                if (tokenizer.idOf(token).isEmpty())
                    throw new TokenizerException("The tokenizer has no token " + token + ", which its chat template needs.");
            }
        }
        return conversation.withSpecialTokens(tokenizer.specialTokens());
    }

    private static int[] ids(Tokenizer tokenizer, Rendering whole) {
        return new ChatEncoder(tokenizer, whole).encoding(0, whole.text().length()).ids();
    }

    // ---- as a value ----

    @Override
    public boolean equals(Object other) {
        return other instanceof ChatTemplate that && source().equals(that.source()) && toolUseSource().equals(that.toolUseSource());
    }

    @Override
    public int hashCode() {
        return Objects.hash(source(), toolUseSource());
    }

    @Override
    public String toString() {
        return source();
    }
}
