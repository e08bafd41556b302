package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Takes in what {@link Export} wrote, or somebody who says so: all of it or, if anything in it cannot be, nothing. */
public final class Import {

    private static final int MOST_CONVERSATIONS = 10_000;
    // Each rating is kept with its whole prompt, so that a short document could ask for very much.
    private static final long MOST_RATED = 32L << 20;

    private final Database database;
    private final Quota quota;

    /** Imports on a server for one person, within {@link Quota#ALONE}. */
    public Import(Database database) {
        this(database, Quota.ALONE);
    }

    /** With other limits than one's own server has. */
    public Import(Database database, Quota quota) {
        this.database = database;
        this.quota = quota;
    }

    /** A conversation of a document, with new identifiers. */
    private record Imported(Conversation conversation, List<ChatMessage> messages) {}

    /**
     * Adds the conversations of a document, with new identifiers.
     *
     * @throws ApiError 400 naming what in it cannot be
     */
    public List<Conversation> add(String owner, JsonNode document) {
        var all = read(JsonFields.of(document));
        if (all.stream().mapToLong(Import::ratedCharacters).sum() > MOST_RATED) {
            throw ApiError.badRequest("conversations",
                    "The rated answers have prompts of more than " + MOST_RATED + " characters together.");
        }
        database.run(t -> all.forEach(one -> insert(t, owner, one)));
        return all.stream().map(Imported::conversation).toList();
    }

    private static List<Imported> read(JsonFields document) {
        if (!document.requireString("format").equals(Export.FORMAT)) throw document.wrong("format", Export.FORMAT);
        document.integer("version", Export.VERSION, Export.VERSION).orElseThrow(() -> document.missing("version"));
        var all = new ArrayList<Imported>();
        for (var one : document.list("conversations", MOST_CONVERSATIONS).orElseThrow(() -> document.missing("conversations"))) {
            all.add(conversation(one, "conversations[" + all.size() + "]"));
        }
        return all;
    }

    private static Imported conversation(JsonNode json, String path) {
        var fields = JsonFields.of(json, path);
        var draft = Draft.read(fields);
        var messages = messages(fields, path);
        var ids = newIds(messages, path);
        var id = UUID.randomUUID().toString();
        var current = draft.current()
                .map(c -> Optional.ofNullable(ids.get(c)).orElseThrow(() -> fields.wrong("current", "the id of one of its messages")));
        var conversation = new Conversation(id, draft.title().orElse(""), draft.pinned().orElse(false),
                ImportedMessage.time(fields, "created"),
                ImportedMessage.time(fields, "updated"), draft.model().filter(m -> !m.isEmpty()), draft.system().orElse(""),
                draft.settings().orElseGet(JsonNodeFactory.instance::objectNode), current, draft.over(ChosenSources.NONE));
        return new Imported(conversation,
                messages.stream().map(m -> new ChatMessage(ids.get(m.id()), id, m.parent().map(ids::get), m.role(), m.text(), m.created(),
                        m.status(), m.answer(), m.rating(), m.comment())).toList());
    }

    private static List<ChatMessage> messages(JsonFields fields, String path) {
        var messages = new ArrayList<ChatMessage>();
        for (var one : fields.list("messages", Messages.MOST).orElseThrow(() -> fields.missing("messages"))) {
            messages.add(ImportedMessage.read(JsonFields.of(one, path + ".messages[" + messages.size() + "]")));
        }
        return messages;
    }

    /** By the old ones, once it is sure that the messages form trees. */
    private static Map<String, String> newIds(List<ChatMessage> messages, String path) {
        var ids = new HashMap<String, String>();
        for (var message : messages) {
            if (ids.put(message.id(), UUID.randomUUID().toString()) != null)
                throw ApiError.badRequest(path + ".messages", "Two messages of " + path + " have the same id.");
        }
        var followers = new HashMap<String, List<String>>();
        for (var message : messages) {
            message.parent().filter(p -> !ids.containsKey(p)).ifPresent(p -> {
                throw ApiError.badRequest(path + ".messages", "A message of " + path + " follows one that is not there.");
            });
            followers.computeIfAbsent(message.parent().orElse(""), p -> new ArrayList<>()).add(message.id());
        }
        var reached = new ArrayList<>(followers.getOrDefault("", List.of()));
        for (int i = 0; i < reached.size(); i++) reached.addAll(followers.getOrDefault(reached.get(i), List.of()));
        if (reached.size() < messages.size())
            throw ApiError.badRequest(path + ".messages", "Messages of " + path + " follow each other in a circle.");
        return ids;
    }

    private static long ratedCharacters(Imported one) {
        var byId = byId(one);
        var lengths = new HashMap<String, Long>();
        var sum = 0L;
        for (var message : one.messages()) {
            if (message.rating() != 0) sum += length(message, byId, lengths);
        }
        return sum;
    }

    /** Characters of a message and those that it follows. @param known lengths that were found out before */
    private static long length(ChatMessage message, Map<String, ChatMessage> byId, Map<String, Long> known) {
        var path = new ArrayList<ChatMessage>();
        for (var at = Optional.of(message); at.isPresent() && !known.containsKey(at.get().id()); at = at.get().parent().map(byId::get))
            path.add(at.get());
        for (var at : path.reversed()) known.put(at.id(), at.parent().map(known::get).orElse(0L) + at.text().length() + 40);
        return known.get(message.id());
    }

    private static Map<String, ChatMessage> byId(Imported one) {
        var byId = new HashMap<String, ChatMessage>();
        one.messages().forEach(m -> byId.put(m.id(), m));
        return byId;
    }

    private void insert(Transaction t, String owner, Imported one) {
        quota.take(t, owner, Quota.space(one.conversation()));
        Rows.insert(t, owner, one.conversation());
        var number = 1;
        for (var message : one.messages()) {
            quota.takeMessage(t, owner, message);
            Rows.insert(t, number++, message);
        }
        t.update("update messages set imported = 1 where conversation = ?", one.conversation().id());
        var byId = byId(one);
        for (var message : one.messages()) {
            if (message.rating() == 0) continue;
            var path = new ArrayList<ChatMessage>();
            for (var at = Optional.of(message); at.isPresent(); at = at.get().parent().map(byId::get)) path.add(at.get());
            Ratings.insert(t, quota, owner, message, message.rating(), message.comment(),
                    Ratings.prompt(path.reversed(), one.conversation().system()).toString());
        }
    }
}
