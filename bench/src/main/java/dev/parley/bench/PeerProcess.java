package dev.parley.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Another program that continues texts, measured in turn with ours. It reads a request a line, {@code {"model": FILE.gguf,
 * "text": …, "prompt": [ids], "tokens": n, "threads": n}}, and answers each by {@code {"prefill_s": …, "decode_s": …}}: the
 * time to the first new token, and that of the others.
 */
final class PeerProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;
    private final String name;

    /** Seconds that the peer took. */
    record Times(double prefill, double decode) {}

    private PeerProcess(List<String> command, String name) throws IOException {
        this.name = name;
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a command of the user's, or llama.cpp's build from Maven. */
    static PeerProcess start(Optional<String> command) throws IOException {
        if (command.isPresent()) return new PeerProcess(List.of(command.get().trim().split("\\s+")), command.get());
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new PeerProcess(List.of(java, "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                LlamaPeer.class.getName()), "llama.cpp (Maven build, AVX2)");
    }

    String name() {
        return name;
    }

    Times measure(Path model, String text, int[] prompt, int tokens, int threads) throws IOException {
        var request = JSON.createObjectNode().put("model", model.toString()).put("text", text).put("tokens", tokens).put("threads",
                threads);
        var ids = request.putArray("prompt");
        for (var id : prompt) ids.add(id);
        requests.write(JSON.writeValueAsString(request) + "\n");
        requests.flush();
        for (var line = answers.readLine(); line != null; line = answers.readLine()) {
            if (!line.startsWith("{")) continue; // libraries talk, too
            var answer = JSON.readTree(line);
            return new Times(answer.path("prefill_s").asDouble(), answer.path("decode_s").asDouble());
        }
        throw new IOException("The peer (" + name + ") ended without an answer");
    }

    @Override
    public void close() throws IOException {
        requests.close();
        process.destroy();
    }
}
