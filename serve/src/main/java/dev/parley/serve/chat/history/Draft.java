package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.Optional;

/**
 * What is said of a conversation when it is begun or changed; what is empty stays as it is.
 *
 * @param model an empty text for the server's default
 */
public record Draft(Optional<String> title, Optional<Boolean> pinned, Optional<String> model, Optional<String> system,
        Optional<ObjectNode> settings, Optional<String> current) {

    /** Says nothing. */
    public static final Draft EMPTY = new Draft(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty());

    /** Characters of the settings of a conversation, or of an answer, as JSON. */
    public static final int MOST_SETTINGS = 20_000;

    private static final int MOST_NAME = 300;

    /** @throws ApiError if a field is of the wrong type or too long */
    public static Draft read(JsonFields fields) {
        return new Draft(fields.string("title").map(Texts::title), fields.any("pinned").map(p -> fields.flag("pinned")), model(fields),
                system(fields),
                settings(fields), fields.string("current"));
    }

    /** The field {@code model}. */
    public static Optional<String> model(JsonFields fields) {
        var model = fields.string("model").map(Texts::clean);
        if (model.isPresent() && model.get().length() > MOST_NAME)
            throw ApiError.badRequest("model", "The name of a model has at most " + MOST_NAME + " characters.");
        return model;
    }

    /** The field {@code system}. */
    public static Optional<String> system(JsonFields fields) {
        return fields.string("system").map(Texts::clean).map(s -> Messages.checked("system", s));
    }

    /** The field {@code settings}. */
    public static Optional<ObjectNode> settings(JsonFields fields) {
        return fields.json("settings", MOST_SETTINGS);
    }
}
