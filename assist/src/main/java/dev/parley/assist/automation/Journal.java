package dev.parley.assist.automation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.DurableFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of each row, on the disk: a line of JSON for each, synced before the next row is settled, after a head line with what the
 * run depends on. A line that a kill left half written is cut off; its row is made again. The last line of a row counts.
 */
final class Journal implements AutoCloseable {

    static final String NAME = "journal.jsonl";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HEAD = "parley_table_run";

    /** A settled row. */
    sealed interface Entry {

        long row();

        /**
         * @param bytes of the file;
         * @param cutOff whether the answer ended at the limit of tokens
         */
        record Done(long row, String file, long bytes, boolean cutOff) implements Entry {}

        /**
         * @param attempts so far
         */
        record Failed(long row, String key, FailureKind kind, String sentence, int attempts) implements Entry {}
    }

    private final Path file;
    private final FileChannel channel;
    private final SortedMap<Long, Entry> entries = new TreeMap<>();

    private Journal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the journal of a folder, or begins one.
     *
     * @throws TableException if it was begun with something else, or another run has it
     */
    static Journal open(Path folder, Map<String, String> identity) throws IOException {
        Files.createDirectories(folder);
        var file = folder.resolve(NAME);
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(channel, folder);
            var journal = new Journal(file, channel);
            journal.read(identity);
            DurableFile.syncFolder(folder);
            return journal;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(FileChannel channel, Path folder) throws IOException {
        try {
            if (channel.tryLock() != null) return;
        } catch (OverlappingFileLockException e) {
            // of this process
        }
        throw new TableException("Another run is writing to " + folder + "; wait for it, or name another folder.");
    }

    private void read(Map<String, String> identity) throws IOException {
        var whole = 0L;
        var number = 0L;
        try (var lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) { // a char is a byte, so that lengths are places
            for (var line = line(lines); line.endsWith("\n"); line = line(lines)) {
                number++;
                var json = json(line, number);
                if (number == 1) check(json, identity);
                else keep(json, number);
                whole += line.length();
            }
        }
        channel.truncate(whole);
        channel.position(whole);
        if (number == 0) begin(identity);
    }

    /** With its end, where it has one. */
    private static String line(BufferedReader lines) throws IOException {
        var line = new StringBuilder();
        for (int c; (c = lines.read()) >= 0;) {
            line.append((char) c);
            if (c == '\n') break;
        }
        return line.toString();
    }

    private JsonNode json(String line, long number) {
        try {
            return JSON.readTree(line.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw broken(number);
        }
    }

    private TableException broken(long number) {
        return new TableException(file + ", line " + number + " is no line of a journal; begin anew with --restart.");
    }

    private void begin(Map<String, String> identity) throws IOException {
        var head = JSON.createObjectNode().put(HEAD, 1);
        var depends = head.putObject("depends_on");
        identity.forEach(depends::put);
        write(head);
    }

    private void check(JsonNode head, Map<String, String> identity) {
        if (!head.has(HEAD)) throw broken(1);
        var was = new LinkedHashMap<String, String>();
        head.path("depends_on").properties().forEach(p -> was.put(p.getKey(), p.getValue().asText()));
        var names = new ArrayList<>(identity.keySet());
        was.keySet().stream().filter(name -> !identity.containsKey(name)).forEach(names::add);
        var changed = names.stream().filter(name -> !was.getOrDefault(name, "").equals(identity.getOrDefault(name, "")))
                .map(name -> changed(name, was.getOrDefault(name, ""), identity.getOrDefault(name, ""))).toList();
        if (!changed.isEmpty()) {
            throw new TableException("Since " + file + " was begun, " + String.join("; ", changed)
                    + ". Put it back to go on, name another folder, or begin anew with --restart.");
        }
    }

    private static String changed(String name, String was, String is) {
        var told = !was.startsWith(RunIdentity.HASH) && !is.startsWith(RunIdentity.HASH) && was.length() + is.length() < 80;
        return told ? name + " has changed from " + shown(was) + " to " + shown(is) : "the " + name + " has changed";
    }

    private static String shown(String value) {
        return value.isEmpty() ? "none" : value;
    }

    private void keep(JsonNode json, long number) {
        var row = json.path("row").asLong();
        if (row < 1) throw broken(number);
        try {
            entries.put(row, json.has("file")
                    ? new Entry.Done(row, json.path("file").asText(), json.path("bytes").asLong(), json.path("cut_off").asBoolean())
                    : new Entry.Failed(row, json.path("key").asText(),
                            FailureKind.valueOf(json.path("failure").asText().toUpperCase(java.util.Locale.ROOT)),
                            json.path("sentence").asText(), json.path("attempts").asInt()));
        } catch (IllegalArgumentException e) {
            throw broken(number);
        }
    }

    /** A row is settled; on the disk once this returns. */
    void add(Entry entry) throws IOException {
        var json = JSON.createObjectNode().put("row", entry.row());
        switch (entry) {
            case Entry.Done done -> json.put("file", done.file).put("bytes", done.bytes).put("cut_off", done.cutOff);
            case Entry.Failed failed -> json.put("failure", failed.kind.label()).put("key", failed.key).put("sentence", failed.sentence)
                    .put("attempts", failed.attempts);
        }
        write(json);
        entries.put(entry.row(), entry);
    }

    private void write(ObjectNode json) throws IOException {
        try {
            var buffer = ByteBuffer.wrap((JSON.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8));
            while (buffer.hasRemaining()) channel.write(buffer);
            channel.force(false);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A journal's line is plain JSON.", e);
        }
    }

    Optional<Entry> of(long row) {
        return Optional.ofNullable(entries.get(row));
    }

    /** What is settled, in the order of the rows. */
    List<Entry> all() {
        return List.copyOf(entries.values());
    }

    /** Takes a folder's journal away, with the files that it names and nothing else. */
    static void remove(Path folder) throws IOException {
        var file = folder.resolve(NAME);
        if (!Files.exists(file)) return;
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE); var lines = Files.newBufferedReader(file)) {
            lock(channel, folder);
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var name = JSON.readTree(line).path("file").asText();
                if (name.matches("[^/\\\\]+\\.(md|html|json)")) Files.deleteIfExists(folder.resolve(name));
            }
        } catch (JsonProcessingException e) {
            // the rest of it names no files
        }
        Files.deleteIfExists(folder.resolve(FailureTable.NAME));
        Files.delete(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
