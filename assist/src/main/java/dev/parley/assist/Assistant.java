package dev.parley.assist;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.guard.Guardrails;
import dev.parley.assist.moderation.Moderator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An assistant, as its YAML file describes it. docs/assistants.md says what each key means.
 *
 * <pre>{@code
 * name: shop
 * title: Our shop
 * system_prompt: You answer customers of our shop from its files.
 * knowledge:
 *   folders: [faq]
 *   unknown: I do not know that. Please ask our people at the counter.
 * guardrails:
 *   - private_data
 * sampling:
 *   temperature: 0.3
 * }</pre>
 *
 * @param name letters, digits and {@code -}
 * @param file that it was read from; folders in it are relative to its own
 * @param languages that it answers in, by code; the first for messages in any other
 * @param model a folder or a model of the hub, where the file names one
 * @param notice shown with each answer, beside what the model says; empty for none
 * @param guardrails in the order in which they are asked
 * @param bestOf answers that are made, of which the likeliest is given
 * @param output the form of every answer, if they have one
 * @param forms that a user can ask for, by name
 * @param openingQuestions by language
 */
public record Assistant(String name, Path file, LocalText title, LocalText description, List<String> languages, Optional<String> model,
        LocalText systemPrompt, LocalText notice, Optional<KnowledgeSettings> knowledge, Guardrails guardrails, ToolSettings tools,
        SamplingSettings sampling, int bestOf, Optional<OutputForm> output, Map<String, OutputForm> forms,
        Map<String, List<String>> openingQuestions) {

    /** Copies lists and maps; the order of forms stays. */
    public Assistant {
        languages = List.copyOf(languages);
        openingQuestions = Map.copyOf(openingQuestions);
    }

    /**
     * What it looks up.
     *
     * @param folders with documents, or single ones
     * @param topK passages that the model is given at most
     * @param minRelevance below which a passage counts as not found
     * @param cite whether answers name the passages that they stand on
     * @param required whether a question on which nothing is found is answered by {@code unknown}, without the model
     * @param unknown what is said then
     */
    public record KnowledgeSettings(List<Path> folders, int topK, double minRelevance, boolean cite, boolean required, LocalText unknown) {

        /** Copies the list. */
        public KnowledgeSettings {
            folders = List.copyOf(folders);
        }
    }

    /**
     * What it may call.
     *
     * @param servers MCP servers by name, each with {@code command} and {@code args}, or {@code url}
     * @param where they stand in the file, for their faults
     * @param allow {@code server/tool} or {@code server/*}, which need no consent
     * @param maxRounds times that the model may call in one turn
     */
    public record ToolSettings(ObjectNode servers, String where, List<String> allow, int maxRounds) {

        /** No tools. */
        public static final ToolSettings NONE = new ToolSettings(JsonNodeFactory.instance.objectNode(), "", List.of(), 4);

        /** Copies the list. */
        public ToolSettings {
            allow = List.copyOf(allow);
        }
    }

    /**
     * One without a file, that says what its model says: for a conversation with documents or tools.
     *
     * @param systemPrompt may be empty
     */
    public static Assistant of(String name, String systemPrompt, Guardrails guardrails) {
        return new Assistant(name, Path.of(""), LocalText.of(name), LocalText.NONE, List.of("en", "zh"), Optional.empty(),
                LocalText.of(systemPrompt), LocalText.NONE, Optional.empty(), guardrails, ToolSettings.NONE, SamplingSettings.NONE, 1,
                Optional.empty(), Map.of(), Map.of());
    }

    /**
     * Reads an assistant's file.
     *
     * @throws AssistantException if it is wrong, in one sentence with file, line and key
     */
    public static Assistant read(Path file) throws IOException {
        return read(file, Optional.empty());
    }

    /** The same with a guard model for its guardrail {@code moderation}; the rules judge without one. */
    public static Assistant read(Path file, Optional<Moderator> guardModel) throws IOException {
        return AssistantReader.read(file, guardModel);
    }

    /** The language of its own that a message in a language is answered in. */
    public String answerLanguage(String told) {
        return languages.contains(told) ? told : languages.getFirst();
    }

    /**
     * A form that a user asks for.
     *
     * @throws AssistantException naming those there are
     */
    public OutputForm form(String form) {
        var found = forms.get(form);
        if (found == null) {
            throw new AssistantException("The assistant " + name + " has no form " + form + "; "
                    + (forms.isEmpty() ? "it has none." : "it has " + String.join(", ", forms.keySet()) + "."));
        }
        return found;
    }
}
