package dev.parley.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a model was trained on: the file {@value #FILE} in its folder, by which an explanation finds the passages that an answer may come
 * from.
 *
 * @param files or folders; those that lie in the model's folder are named relative to it
 * @param base the model that the run began from, which has data of its own
 */
public record TrainingData(Kind kind, List<Path> files, Optional<Path> base) {

    /** Its name in a model's folder. */
    public static final String FILE = "training_data.json";

    private static final String ROWS = "training_rows.jsonl";
    private static final int MOST_ROWS = 4_000; // some megabytes
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How the files are read. */
    public enum Kind {
        /** As {@link TextFiles} does. */
        TEXTS,
        /** As {@link dev.parley.data.chat.ChatFiles} does. */
        CHATS,
        /** Rows that code made, written out beside the model: as texts with their special tokens. */
        ROWS;

        /** Its name in the file. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public TrainingData {
        files = List.copyOf(files);
    }

    /** Data of rows that code made, which are in no file. */
    public static TrainingData ofRows(Optional<Path> base) {
        return new TrainingData(Kind.ROWS, List.of(Path.of(ROWS)), base);
    }

    /**
     * What a model's folder names; empty where it names nothing.
     *
     * @throws IllegalArgumentException if the file is none of ours
     */
    public static Optional<TrainingData> read(Path folder) throws IOException {
        var file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) return Optional.empty();
        try {
            var json = JSON.readTree(file.toFile());
            var kind = Arrays.stream(Kind.values()).filter(k -> k.label().equals(json.path("kind").asText())).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(file + ": the kind is none of texts, chats, rows."));
            var files = new ArrayList<Path>();
            for (var name : json.path("files")) files.add(folder.resolve(name.asText()));
            return Optional.of(new TrainingData(kind, files, Optional.ofNullable(json.path("base").textValue()).map(folder::resolve)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": this is not JSON (" + e.getOriginalMessage() + ").", e);
        }
    }

    /**
     * Writes it into a model's folder.
     *
     * @param examples that were trained on, which are written out where no file has them
     */
    public void write(Path folder, Examples<?> examples, Tokenizer tokenizer) throws IOException {
        var json = JSON.createObjectNode().put("kind", kind.label());
        var names = json.putArray("files");
        for (var file : files) names.add((kind == Kind.ROWS ? file : file.toAbsolutePath()).toString());
        base.ifPresent(path -> json.put("base", path.toAbsolutePath().toString()));
        if (kind == Kind.ROWS) DurableFile.write(folder.resolve(ROWS), lines(examples, tokenizer));
        DurableFile.write(folder.resolve(FILE), json + "\n");
    }

    /** A line for each document of the rows; of very many rows every second, third, … */
    private static String lines(Examples<?> examples, Tokenizer tokenizer) {
        var lines = new StringBuilder();
        for (int i = 0; i < examples.size(); i += Math.ceilDiv(examples.size(), MOST_ROWS)) {
            for (var row : examples.get(i).rows()) append(row, tokenizer, lines);
        }
        return lines.toString();
    }

    private static void append(TrainingRow row, Tokenizer tokenizer, StringBuilder lines) {
        for (int from = 0, to; from < row.length(); from = to) {
            for (to = from + 1; to < row.length() && !begins(row, to);) to++;
            var text = tokenizer.decode(Arrays.copyOfRange(row.inputIds(), from, to));
            lines.append(JSON.createObjectNode().put("text", text)).append('\n');
        }
    }

    private static boolean begins(TrainingRow row, int at) {
        return row.segments().length > 0 && row.segments()[at] != row.segments()[at - 1];
    }
}
