package dev.parley.serve.chat.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Rows of the tables, and what they stand for. */
final class Rows {

    static final String CONVERSATION = "c.id, c.title, c.pinned, c.created, c.updated, c.model, c.system_prompt, c.settings, "
            + "c.current_message, c.sources";

    static final String MESSAGE = "m.id, m.conversation, m.parent, m.role, m.text, m.created, m.status, m.finish_reason, m.model, "
            + "m.system_prompt,"
            + " m.settings, m.prompt_tokens, m.completion_tokens, m.seconds, m.first_token_seconds, m.error, m.forgotten_turns, "
            + "coalesce(r.rating, 0), coalesce(r.rating_comment, ''), m.turn, e.original";

    /** What goes with a message m. */
    static final String BESIDE = " left join ratings r on r.message = m.id left join edits e on e.message = m.id";

    /** Messages with their ratings, of conversations that are not deleted; the first argument of what follows is the owner. */
    static final String MESSAGES = " from messages m join conversations c on c.id = m.conversation" + BESIDE
            + " where c.owner = ? and c.deleted is null";

    private Rows() {}

    static Conversation conversation(ResultSet row) throws SQLException {
        return new Conversation(row.getString(1), row.getString(2), row.getInt(3) != 0, row.getLong(4), row.getLong(5),
                Optional.ofNullable(row.getString(6)),
                row.getString(7), object(row.getString(8)), Optional.ofNullable(row.getString(9)),
                Optional.ofNullable(row.getString(10)).map(Rows::json).map(ChosenSources::of).orElse(ChosenSources.NONE));
    }

    static ChatMessage message(ResultSet row) throws SQLException {
        return new ChatMessage(row.getString(1), row.getString(2), Optional.ofNullable(row.getString(3)),
                Role.of(row.getString(4)).orElseThrow(),
                row.getString(5), row.getLong(6), Status.of(row.getString(7)).orElseThrow(), answer(row), row.getInt(18),
                row.getString(19), Optional.ofNullable(row.getString(21)));
    }

    private static Optional<Answer> answer(ResultSet row) throws SQLException {
        var model = row.getString(9);
        if (model == null) return Optional.empty();
        var promptTokens = row.getInt(12);
        var usage = row.wasNull() ? Optional.<Answer.Usage>empty()
                : Optional.of(new Answer.Usage(promptTokens, row.getInt(13), row.getDouble(14), row.getDouble(15), row.getInt(17)));
        return Optional.of(new Answer(model, row.getString(10), object(row.getString(11)), Optional.ofNullable(row.getString(8)), usage,
                Optional.ofNullable(row.getString(16)), Optional.ofNullable(row.getString(20)).map(Rows::object)));
    }

    static void insert(Transaction t, String owner, Conversation c) {
        t.update(
                "insert into conversations (space, id, owner, title, folded_title, pinned, created, updated, model, system_prompt, "
                        + "settings, current_message, sources)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                Quota.space(c), c.id(), owner, c.title(), Texts.folded(c.title()), c.pinned(), c.created(), c.updated(),
                c.model().orElse(null), c.system(), c.settings().toString(), c.current().orElse(null),
                sources(c.sources()));
    }

    static String sources(ChosenSources sources) {
        return sources.isEmpty() ? null : sources.json().toString();
    }

    static void insert(Transaction t, int number, ChatMessage m) {
        var answer = m.answer();
        var usage = answer.flatMap(Answer::usage);
        t.update(
                "insert into messages (id, conversation, number, parent, role, text, folded, created, status, finish_reason, model, "
                        + "system_prompt, settings,"
                        + " prompt_tokens, completion_tokens, seconds, first_token_seconds, error, forgotten_turns, turn) values (?, ?, ?, "
                        + "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                m.id(), m.conversation(), number, m.parent().orElse(null), m.role().label(), m.text(), Texts.folded(m.text()), m.created(),
                m.status().label(),
                answer.flatMap(Answer::finishReason).orElse(null), answer.map(Answer::model).orElse(null),
                answer.map(Answer::system).orElse(null),
                answer.map(a -> a.settings().toString()).orElse(null), usage.map(Answer.Usage::promptTokens).orElse(null),
                usage.map(Answer.Usage::completionTokens).orElse(null), usage.map(Answer.Usage::seconds).orElse(null),
                usage.map(Answer.Usage::firstTokenSeconds).orElse(null), answer.flatMap(Answer::error).orElse(null),
                usage.map(Answer.Usage::forgottenTurns).orElse(null), answer.flatMap(Answer::turn).map(ObjectNode::toString).orElse(null));
    }

    static ObjectNode object(String json) {
        return json(json) instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    }

    static JsonNode json(String json) {
        try {
            return JsonBody.JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The database holds a value that is not JSON.", e);
        }
    }

    static ApiError noConversation(String id) {
        return ApiError.of(404, "not_found", "There is no conversation " + shortened(id) + ".");
    }

    static ApiError noMessage(String id) {
        return ApiError.of(404, "not_found", "There is no message " + shortened(id) + ".");
    }

    private static String shortened(String id) {
        return id.length() > 60 ? id.substring(0, 60) + "…" : id;
    }
}
