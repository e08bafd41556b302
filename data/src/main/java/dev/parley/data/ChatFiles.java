package dev.parley.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.tokenizer.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Conversations in files: one JSON object a line, {@code {"messages":[{"role":"user","content":"…"},…]}}. */
public final class ChatFiles {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> ROLES = Set.of("system", "user", "assistant");

    private ChatFiles() {}

    /** @throws IllegalArgumentException naming file and line of what is no conversation */
    public static List<List<Message>> conversations(List<Path> files) throws IOException {
        var conversations = new ArrayList<List<Message>>();
        for (var file : files) {
            if (!Files.exists(file)) throw new IllegalArgumentException("There is no file " + file + ".");
            var number = 0;
            try (var lines = Files.newBufferedReader(file)) {
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (!line.isBlank()) conversations.add(conversation(file, number, line));
                }
            } catch (java.nio.charset.CharacterCodingException e) {
                throw new IllegalArgumentException(file + " is no UTF-8 text after line " + number + ".");
            }
        }
        if (conversations.isEmpty()) throw new IllegalArgumentException("There is no conversation in " + files + ".");
        return conversations;
    }

    private static List<Message> conversation(Path file, int line, String text) {
        JsonNode messages;
        try {
            messages = JSON.readTree(text).path("messages");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ", line " + line + ": this is not JSON (" + e.getOriginalMessage() + ").");
        }
        var conversation = new ArrayList<Message>();
        for (var message : messages) {
            var role = message.path("role").asText();
            if (!ROLES.contains(role) || !message.path("content").isTextual()) {
                throw new IllegalArgumentException(file + ", line " + line + ": a message needs a role (system, user or assistant) and a content.");
            }
            conversation.add(new Message(role, message.path("content").asText()));
        }
        if (conversation.isEmpty()) throw new IllegalArgumentException(file + ", line " + line + ": there are no messages.");
        return conversation;
    }
}
