package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.Optional;
import java.util.Set;

/** A message of a document that somebody sent, checked. */
final class ImportedMessage {

    private static final int MOST_ID = 200;
    private static final int MOST_SENTENCE = 2_000;
    private static final double LONGEST = 1e9; // seconds
    private static final Set<String> FINISH_REASONS = Set.of("stop", "length", "cancelled");

    private ImportedMessage() {}

    /** @throws ApiError if it is none */
    static ChatMessage read(JsonFields fields) {
        var id = fields.requireString("id");
        if (id.isEmpty() || id.length() > MOST_ID) throw fields.wrong("id", "a text of 1 to " + MOST_ID + " characters");
        var role = Role.of(fields.requireString("role")).orElseThrow(() -> fields.wrong("role", "user or assistant"));
        var text = Messages.checked("text", Texts.clean(fields.requireString("text")));
        var answer = role == Role.ASSISTANT ? answer(fields) : Optional.<Answer>empty();
        var rating = fields.integer("rating", -1, 1).orElse(0);
        if (rating != 0 && role != Role.ASSISTANT) throw fields.wrong("rating", "0 for what a user said");
        return new ChatMessage(id, "", fields.string("parent").filter(p -> !p.isEmpty()), role, text, time(fields, "created"),
                status(fields, answer.isPresent()), answer, rating,
                sentence(fields, "comment", Ratings.MOST_COMMENT).orElse(""));
    }

    /** A time that has been. */
    static long time(JsonFields fields, String name) {
        var now = System.currentTimeMillis();
        var time = fields.whole(name).orElse(now);
        if (time < 0) throw fields.wrong(name, "milliseconds since 1970");
        return Math.min(time, now);
    }

    private static Status status(JsonFields fields, boolean answered) {
        var status = fields.string("status")
                .map(s -> Status.of(s).orElseThrow(() -> fields.wrong("status", "done, interrupted, failed or cancelled")))
                .orElse(Status.DONE);
        if (status != Status.DONE && !answered) throw fields.wrong("status", "done for what no model wrote");
        return status == Status.RUNNING ? Status.INTERRUPTED : status;
    }

    private static Optional<Answer> answer(JsonFields fields) {
        var reason = fields.string("finish_reason");
        if (reason.isPresent() && !FINISH_REASONS.contains(reason.get())) throw fields.wrong("finish_reason", "stop, length or cancelled");
        return Draft.model(fields).filter(m -> !m.isEmpty())
                .map(model -> new Answer(model, Draft.system(fields).orElse(""),
                        Draft.settings(fields).orElseGet(JsonNodeFactory.instance::objectNode), reason,
                        fields.object("usage").map(ImportedMessage::usage), sentence(fields, "error", MOST_SENTENCE),
                        fields.object("turn").map(ImportedTurn::read)));
    }

    private static Answer.Usage usage(JsonFields fields) {
        return new Answer.Usage(fields.integer("prompt_tokens", 0, Integer.MAX_VALUE).orElse(0),
                fields.integer("completion_tokens", 0, Integer.MAX_VALUE).orElse(0),
                fields.real("seconds", 0, LONGEST).orElse(0), fields.real("first_token_seconds", 0, LONGEST).orElse(0),
                fields.integer("forgotten_turns", 0, Integer.MAX_VALUE).orElse(0));
    }

    private static Optional<String> sentence(JsonFields fields, String name, int most) {
        return fields.string(name).map(Texts::clean).map(text -> {
            if (text.length() > most) throw fields.wrong(name, "a text of at most " + most + " characters");
            return text;
        });
    }
}
