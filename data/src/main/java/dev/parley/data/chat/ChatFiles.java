package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.data.text.BadLines;
import dev.parley.data.text.InputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Files and folders of what chat models learn from: a JSON object a line, an array of objects, or Parquet; also packed by gzip.
 *
 * <pre>{@code
 * var found = ChatFiles.of(List.of(Path.of("feedback.jsonl"))).skippingBad().only(PreferencePair.class);
 * System.out.println(found.records().size() + " pairs; " + found.bad().count() + " bad lines");
 * }</pre>
 *
 * @param files in the order to read them; a folder stands for the files in it
 * @param format of every line; where it is empty, each line is told by its keys
 * @param skipsBad whether a bad line is counted rather than an error
 */
public record ChatFiles(List<Path> files, Optional<ChatFormat> format, boolean skipsBad) {

    /** Copies the list. */
    public ChatFiles {
        files = List.copyOf(files);
    }

    /** Files whose lines are told by their keys and have to be right. */
    public static ChatFiles of(List<Path> files) {
        return new ChatFiles(files, Optional.empty(), false);
    }

    /** The same, all of one format. */
    public ChatFiles withFormat(ChatFormat all) {
        return new ChatFiles(files, Optional.of(all), skipsBad);
    }

    /** The same, with bad lines counted. */
    public ChatFiles skippingBad() {
        return new ChatFiles(files, format, true);
    }

    /** A record and where it stands. */
    public record Placed<T>(Place place, T content) {}

    /**
     * What was found of one kind.
     *
     * @param bad lines left out
     * @param others lines that hold something else, by format
     */
    public record Found<T>(List<Placed<T>> placed, BadLines bad, Map<ChatFormat, Integer> others) {

        /** What the lines say. */
        public List<T> records() {
            return placed.stream().map(Placed::content).toList();
        }
    }

    /**
     * All conversations of the files, in their order.
     *
     * @throws IllegalArgumentException naming file and line of what is bad
     * @throws IOException if a file cannot be read
     */
    public static List<Chat> chats(List<Path> files) throws IOException {
        return of(files).only(Chat.class).records();
    }

    /**
     * The lines of one kind. Lines of another are counted by their format: an export of feedback holds several.
     *
     * @throws IllegalArgumentException naming file and line of what is bad, unless bad lines are skipped; or if there is none of the kind
     * @throws IOException if a file cannot be read
     */
    public <T extends ChatRecord> Found<T> only(Class<T> kind) throws IOException {
        return found(kind, content -> kind.isInstance(content) ? List.of(kind.cast(content)) : List.of());
    }

    /**
     * The lines that hold thumbs, and pairs as a thumb up and a thumb down each. Lines of another kind are counted by their format.
     *
     * @throws IllegalArgumentException naming file and line of what is bad, unless bad lines are skipped; or if there is no thumb
     * @throws IOException if a file cannot be read
     */
    public Found<RatedAnswer> thumbs() throws IOException {
        return found(RatedAnswer.class, content -> switch (content) {
            case RatedAnswer rated -> List.of(rated);
            case PreferencePair pair -> List.of(new RatedAnswer(pair.prompt(), pair.chosen(), true),
                    new RatedAnswer(pair.prompt(), pair.rejected(), false));
            default -> List.of();
        });
    }

    private <T> Found<T> found(Class<T> kind, Function<ChatRecord, List<T>> taken) throws IOException {
        var placed = new ArrayList<Placed<T>>();
        var others = new EnumMap<ChatFormat, Integer>(ChatFormat.class);
        var bad = new BadLines(skipsBad);
        read(line -> {
            switch (line) {
                case ChatLine.Good(var place, var found, var content) -> {
                    var parts = taken.apply(content);
                    parts.forEach(part -> placed.add(new Placed<>(place, part)));
                    if (parts.isEmpty()) others.merge(found, 1, Integer::sum);
                }
                case ChatLine.Bad wrong -> bad.add(wrong.toString());
            }
        });
        if (placed.isEmpty()) throw nothing(kind, bad, others);
        return new Found<>(List.copyOf(placed), bad, others);
    }

    private IllegalArgumentException nothing(Class<?> kind, BadLines bad, Map<ChatFormat, Integer> others) {
        var what = kind == Chat.class ? "conversation" : kind == PreferencePair.class ? "preference pair"
                : kind == RatedAnswer.class ? "rated answer" : "prompt with an answer";
        var note = new StringBuilder("There is no " + what + " in " + String.join(", ", files.stream().map(Path::toString).toList()));
        others.forEach((format, count) -> note.append("; ").append(count).append(" lines are ").append(format.records()));
        if (bad.count() > 0) note.append("; ").append(bad.count()).append(" lines are bad, the first is ").append(bad.samples().getFirst());
        return new IllegalArgumentException(note.toString().replaceAll("\\.$", "") + ".");
    }

    /**
     * Hands over each line, in order.
     *
     * @throws IllegalArgumentException naming file and line of the first that is bad, unless bad lines are skipped
     * @throws IOException if a file cannot be read
     */
    public void read(Consumer<ChatLine> onLine) throws IOException {
        for (var file : InputFiles.find(files.stream().map(Path::toString).toList())) read(file, onLine);
    }

    private void read(Path file, Consumer<ChatLine> onLine) throws IOException {
        JsonRecords.read(file, new JsonRecords.Sink() {
            @Override
            public void record(Place place, JsonNode json) {
                ChatLine line;
                try {
                    var kind = format.or(() -> ChatFormat.of(json)).orElseThrow(() -> ChatFormat.unknown(json));
                    line = new ChatLine.Good(place, kind, kind.read(json));
                } catch (IllegalArgumentException e) {
                    fault(place, e.getMessage());
                    return;
                }
                onLine.accept(line);
            }

            @Override
            public void fault(Place place, String what) {
                var line = new ChatLine.Bad(place, what);
                if (!skipsBad) throw new IllegalArgumentException(line.toString());
                onLine.accept(line);
            }
        });
    }
}
