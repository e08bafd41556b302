package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;

/**
 * A file that somebody attached to a conversation.
 *
 * @param name by which answers cite it; of one conversation no two are the same
 * @param passages that were made of it
 * @param note what is wrong with it, or missing of it, in a sentence
 * @param created in milliseconds since 1970
 */
public record Attachment(String id, String conversation, String name, long bytes, State state, int passages, Optional<String> note,
        long created) {

    /** How far it is. */
    public enum State {
        /** Its text is not known yet. */
        READING,
        /** Passages of it can be found. */
        READY,
        /** It cannot be read. */
        FAILED;

        /** Its name in JSON and in the database. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT));
        }
    }

    /** The name of its file on the disk: of the name that was given, only the ending. */
    public String file() {
        return id + name.substring(name.lastIndexOf('.')).toLowerCase(Locale.ROOT);
    }

    /** As the API shows it. */
    public ObjectNode json() {
        var json = JsonNodeFactory.instance.objectNode().put("id", id).put("name", name).put("bytes", bytes).put("state", state.label())
                .put("passages", passages).put("created", created);
        note.ifPresent(n -> json.put("note", n));
        return json;
    }
}
