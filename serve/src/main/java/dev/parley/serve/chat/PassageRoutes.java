package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.chat.documents.ConversationDocuments;
import dev.parley.serve.chat.running.RunningAnswers;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;

/** A passage that an answer stands on, with the document's text around it. Only who may read the answer may read its passages. */
final class PassageRoutes implements Routes {

    private static final int AROUND = 1_500; // characters before, and after

    private final ServedAssistants assistants;
    private final ConversationDocuments documents;
    private final RunningAnswers answers;

    PassageRoutes(ServedAssistants assistants, ConversationDocuments documents, RunningAnswers answers) {
        this.assistants = assistants;
        this.documents = documents;
        this.answers = answers;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/messages/{id}/passages/{number}", this::show);
    }

    private void show(Context request) {
        var log = answers.log(Caller.of(request).id(), request.pathParam("id"));
        var turn = log.turn();
        var passage = turn.flatMap(t -> t.path("passages").valueStream()
                .filter(p -> p.path("number").asText().equals(request.pathParam("number"))).findFirst())
                .orElseThrow(() -> ApiError.of(404, "not_found", "This answer has no such passage."));
        var knowledge = assistants.find(turn.get().path("assistant").asText()).flatMap(served -> served.open().knowledge());
        JsonBody.write(request, json(passage, knowledge.flatMap(base -> within(base, passage)).or(() -> documents
                .place(log.beginning().conversation(), passage.path("id").asText()).map(p -> around(p.text(), p.start(), p.end())))));
    }

    /** A passage with its place in the document. */
    private record Surroundings(String before, String text, String after) {}

    /** Empty where the document has changed since, or is gone. */
    private static Optional<Surroundings> within(KnowledgeBase base, JsonNode passage) {
        return base.passage(passage.path("id").asText())
                .flatMap(found -> base.document(found.source()).filter(document -> found.end() <= document.length())
                        .map(document -> around(document, found.start(), found.end())));
    }

    /** Whole paragraphs, where these are not too long. */
    private static Surroundings around(String document, int start, int end) {
        var from = Math.max(0, start - AROUND);
        var paragraph = document.indexOf("\n\n", from);
        if (from > 0 && paragraph >= 0 && paragraph < start) from = paragraph + 2;
        var to = Math.min(document.length(), end + AROUND);
        paragraph = document.lastIndexOf("\n\n", to);
        if (to < document.length() && paragraph >= end) to = paragraph;
        return new Surroundings((from > 0 ? "…\n\n" : "") + document.substring(from, start), document.substring(start, end),
                document.substring(end, to) + (to < document.length() ? "\n\n…" : ""));
    }

    private static ObjectNode json(JsonNode passage, Optional<Surroundings> surroundings) {
        var json = JsonNodeFactory.instance.objectNode();
        for (var name : new String[] {"number", "source", "title", "page"}) json.set(name, passage.path(name));
        return json.put("before", surroundings.map(Surroundings::before).orElse(""))
                .put("text", surroundings.map(Surroundings::text).orElse(passage.path("text").asText()))
                .put("after", surroundings.map(Surroundings::after).orElse("")).put("changed", surroundings.isEmpty());
    }
}
