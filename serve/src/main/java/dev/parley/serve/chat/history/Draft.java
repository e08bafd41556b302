package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.List;
import java.util.Optional;

/**
 * What is said of a conversation when it is begun or changed; what is empty stays as it is.
 *
 * @param model an empty text for the server's default
 * @param knowledge names of folders, instead of those that are chosen
 * @param tools names of MCP servers, instead of those that are chosen
 */
public record Draft(Optional<String> title, Optional<Boolean> pinned, Optional<String> model, Optional<String> system,
        Optional<ObjectNode> settings, Optional<String> current, Optional<List<String>> knowledge, Optional<List<String>> tools) {

    /** Says nothing. */
    public static final Draft EMPTY = new Draft(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty());

    /** Characters of the settings of a conversation, or of an answer, as JSON. */
    public static final int MOST_SETTINGS = 20_000;

    private static final int MOST_NAME = 300;
    private static final int MOST_NAMES = 64; // of folders, or of servers

    /** One that leaves the sources as they are. */
    public Draft(Optional<String> title, Optional<Boolean> pinned, Optional<String> model, Optional<String> system,
            Optional<ObjectNode> settings, Optional<String> current) {
        this(title, pinned, model, system, settings, current, Optional.empty(), Optional.empty());
    }

    /** @throws ApiError if a field is of the wrong type or too long */
    public static Draft read(JsonFields fields) {
        return new Draft(fields.string("title").map(Texts::title), fields.any("pinned").map(p -> fields.flag("pinned")), model(fields),
                system(fields),
                settings(fields), fields.string("current"), names(fields, "knowledge"), names(fields, "tools"));
    }

    private static Optional<List<String>> names(JsonFields fields, String name) {
        if (fields.list(name, MOST_NAMES).isEmpty()) return Optional.empty();
        var names = fields.strings(name, MOST_NAMES).stream().map(Texts::clean).distinct().toList();
        if (names.stream().anyMatch(n -> n.length() > MOST_NAME))
            throw fields.wrong(name, "a list of names, of " + MOST_NAME + " characters each at most");
        return Optional.of(names);
    }

    /** The sources of a conversation after this. */
    ChosenSources over(ChosenSources before) {
        return new ChosenSources(knowledge.orElse(before.knowledge()), tools.orElse(before.tools()));
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
