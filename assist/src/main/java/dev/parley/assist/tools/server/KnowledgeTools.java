package dev.parley.assist.tools.server;

import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.Passage;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** {@code search_knowledge} and {@code read_passage}. */
final class KnowledgeTools {

    private static final int MOST_PASSAGES = 20;
    private static final int USUAL_PASSAGES = 5;
    private static final int MOST_AROUND = 20_000;

    private final Supplier<KnowledgeBase> knowledge;

    KnowledgeTools(Supplier<KnowledgeBase> knowledge) {
        this.knowledge = knowledge;
    }

    static McpSchema.Tool searchTool() {
        return McpSchema.Tool.builder("search_knowledge", Arguments.schema(Map.of(
                "query", Map.of("type", "string", "minLength", 1, "description", "The question, in any language of the documents."),
                "k", Map.of("type", "integer", "minimum", 1, "maximum", MOST_PASSAGES, "description", "How many passages; "
                        + USUAL_PASSAGES + " if it is left out.")),
                "query"))
                .title("Search documents").description("Finds the passages of the user's documents that a question is about, the best one "
                        + "first. Each has an id, by which read_passage shows more of its document.")
                .annotations(Arguments.readOnly()).build();
    }

    CallToolResult search(Map<String, Object> given) {
        var arguments = new Arguments(given);
        var passages = knowledge.get().search(arguments.text("query"), arguments.number("k", USUAL_PASSAGES, 1, MOST_PASSAGES));
        if (passages.isEmpty()) return Arguments.result("Nothing was found.");
        var relevant = passages.getFirst().isRelevant() ? "" : "None of these passages is held to be about the question.\n\n";
        return Arguments.result(relevant + passages.stream().map(passage -> head(passage)
                + String.format(Locale.ROOT, ", relevance %.2f\n", passage.relevance()) + passage.text())
                .collect(Collectors.joining("\n\n")));
    }

    static McpSchema.Tool readTool() {
        return McpSchema.Tool.builder("read_passage", Arguments.schema(Map.of(
                "id", Map.of("type", "string", "minLength", 1, "description", "The id that search_knowledge gave."),
                "around", Map.of("type", "integer", "minimum", 0, "maximum", MOST_AROUND, "description",
                        "How many characters of the document before and after it; 0 if it is left out.")),
                "id"))
                .title("Read a passage").description("Shows a passage by its id, with as much of its document around it as is asked for.")
                .annotations(Arguments.readOnly()).build();
    }

    CallToolResult read(Map<String, Object> given) {
        var arguments = new Arguments(given);
        var around = arguments.number("around", 0, 0, MOST_AROUND);
        var passage = knowledge.get().passage(arguments.text("id"));
        if (passage.isEmpty())
            throw new IllegalArgumentException("There is no passage of this id; its document may have changed. Search again.");
        return Arguments.result(head(passage.get()) + "\n" + (around == 0 ? passage.get().text() : around(passage.get(), around)));
    }

    private String around(Passage passage, int around) {
        var document = knowledge.get().document(passage.source()).orElse(passage.text());
        var from = Math.max(0, passage.start() - around);
        var to = Math.min(document.length(), passage.end() + around);
        return from >= to ? passage.text() : document.substring(whole(document, from), whole(document, to));
    }

    /** The same place, or one before it, if it is within a character of two units. */
    private static int whole(String text, int at) {
        return at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
    }

    private static String head(Passage passage) {
        return "[" + passage.id() + "] " + passage.source() + (passage.page() == 0 ? "" : ", page " + passage.page())
                + (passage.title().isEmpty() ? "" : ", " + passage.title());
    }
}
