package dev.parley.data.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Conversations in files, as OpenAI's for fine-tuning are: one JSON object a line,
 * {@code {"messages":[{"role":"user","content":"…"},…]}}.
 */
public final class ChatFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ChatFiles() {}

    /**
     * All conversations of the files, in their order.
     *
     * @param files with a JSON object in each line
     * @return the conversations
     * @throws IllegalArgumentException naming file and line of what is no conversation
     * @throws IOException if a file cannot be read
     */
    public static List<Chat> chats(List<Path> files) throws IOException {
        var chats = new ArrayList<Chat>();
        for (var file : files) {
            if (!Files.exists(file)) throw new IllegalArgumentException("There is no file " + file + ".");
            var number = 0;
            try (var lines = Files.newBufferedReader(file)) {
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (!line.isBlank()) chats.add(chat(file, number, line));
                }
            } catch (java.nio.charset.CharacterCodingException e) {
                throw new IllegalArgumentException(file + " is no UTF-8 text after line " + number + ".");
            }
        }
        if (chats.isEmpty()) throw new IllegalArgumentException("There is no conversation in " + files + ".");
        return chats;
    }

    private static Chat chat(Path file, int line, String text) {
        try {
            return Chat.read(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ", line " + line + ": this is not JSON (" + e.getOriginalMessage() + ").");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ", line " + line + ": " + e.getMessage() + ".");
        }
    }
}
