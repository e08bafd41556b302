package dev.parley.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Chats written by hand: topics with many ways to ask and an answer. A file has lines {@code ## topic}, {@code ? question},
 * {@code ! held-out question}, {@code = answer} and {@code # comment}.
 */
public final class ChatSeeds {

    private static final List<String> EMBEDDED = List.of("en", "zh");
    private static final long LARGEST_FILE = 16L << 20;

    private ChatSeeds() {}

    /**
     * Ways to ask one thing, and what to answer.
     *
     * @param language en or zh, or a file's name
     * @param questions to train on
     * @param heldOut never trained on
     * @param answers right ones; the first is the one to learn
     */
    public record Topic(String id, String language, List<String> questions, List<String> heldOut, List<String> answers) {

        /** The questions of one of the two sets; neither is ever trained on. */
        public List<String> heldOut(HeldOut examined) {
            return heldOut.stream().filter(q -> examined.has(q, HeldOut.values().length)).toList();
        }
    }

    /** The seeds that come with Parley, English and Chinese. */
    public static List<Topic> load() {
        var topics = new ArrayList<Topic>();
        for (var language : EMBEDDED) {
            var name = "seeds/" + language + ".txt";
            try (var in = ChatSeeds.class.getResourceAsStream(name)) {
                if (in == null) throw new IllegalStateException("The chat seeds " + name + " are not on the class path.");
                topics.addAll(parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), name, language));
            } catch (IOException e) {
                throw new UncheckedIOException(name + " cannot be read: " + e.getMessage(), e);
            }
        }
        return topics;
    }

    /**
     * Seeds of the user's own.
     *
     * @param file of at most 16 MiB
     * @return the topics in its order
     * @throws IllegalArgumentException naming what is wrong with it, and where
     * @throws IOException if it cannot be read
     */
    public static List<Topic> read(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) throw new IllegalArgumentException(file + " is larger than chat seeds can be (16 MiB).");
        return parse(Files.readString(file), file.toString(), file.getFileName().toString());
    }

    static List<Topic> parse(String text, String file, String language) {
        var topics = new ArrayList<Topic>();
        var number = 0;
        for (var line : text.split("\r?\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("# ")) continue;
            var content = line.substring(Math.min(line.length(), line.indexOf(' ') + 1)).strip();
            if (line.startsWith("## ")) {
                topics.add(new Topic(content, language, new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
                continue;
            }
            if (topics.isEmpty() || content.isEmpty()) throw fault(file, number, line);
            var topic = topics.getLast();
            switch (line.substring(0, 2)) {
                case "? " -> topic.questions().add(content);
                case "! " -> topic.heldOut().add(content);
                case "= " -> topic.answers().add(content);
                default -> throw fault(file, number, line);
            }
        }
        for (var topic : topics) {
            if (topic.questions().isEmpty() || topic.answers().isEmpty()) {
                throw new IllegalArgumentException(file + ": topic " + topic.id() + " needs a question and an answer.");
            }
        }
        return topics;
    }

    private static IllegalArgumentException fault(String file, int line, String text) {
        return new IllegalArgumentException(file + ", line " + line + ": \"" + text
                + "\" is neither \"## topic\" nor, in a topic, \"? question\", \"! held-out question\" or \"= answer\".");
    }
}
