package dev.parley.eval.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The responses to samples, a line each, appended as they come and on the disk a second later at most: a run that is killed goes on where
 * it was. A line is known by what was asked and of what, so that other settings never find it.
 */
final class ResponseFile implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long BETWEEN_SYNCS = TimeUnit.SECONDS.toNanos(1);

    private final FileChannel channel;
    private final String asker;
    private final Map<String, ArrayNode> known = new HashMap<>();
    private long synced = System.nanoTime();

    /**
     * @param asker what answers, with all that changes its answers
     */
    ResponseFile(Path file, String asker) {
        this.asker = asker;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel.truncate(read(file)); // a line that was being written when the run ended
            channel.position(channel.size());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be used for responses: " + e.getMessage() + ".", e);
        }
    }

    /**
     * @return bytes of whole lines
     */
    private long read(Path file) throws IOException {
        var whole = 0L;
        try (var reader = Files.newBufferedReader(file)) {
            for (String line; (line = reader.readLine()) != null;) {
                JsonNode node;
                try {
                    node = JSON.readTree(line);
                } catch (JsonProcessingException e) {
                    break;
                }
                var bytes = whole + line.getBytes(StandardCharsets.UTF_8).length + 1;
                if (bytes > Files.size(file)) break; // its end is missing
                whole = bytes;
                if (node.path("of").asText().equals(asker) && node.path("responses") instanceof ArrayNode responses)
                    known.put(node.path("sample").asText(), responses);
            }
        }
        return whole;
    }

    Optional<List<JsonNode>> responses(Sample sample) {
        return Optional.ofNullable(known.get(sample.key())).map(array -> {
            var list = new ArrayList<JsonNode>();
            array.forEach(list::add);
            return list;
        });
    }

    void add(Sample sample, List<JsonNode> responses) {
        try {
            var line = JSON.createObjectNode().put("of", asker).put("sample", sample.key());
            line.putArray("responses").addAll(responses);
            var bytes = ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) channel.write(bytes);
            if (System.nanoTime() - synced < BETWEEN_SYNCS) return;
            channel.force(false);
            synced = System.nanoTime();
        } catch (IOException e) {
            throw new UncheckedIOException("The responses cannot be written: " + e.getMessage() + ".", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.force(true);
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The responses cannot be written: " + e.getMessage() + ".", e);
        }
    }
}
