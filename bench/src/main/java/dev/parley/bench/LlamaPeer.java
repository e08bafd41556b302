package dev.parley.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** llama.cpp in its build from Maven, as a process of its own that answers as {@link PeerProcess} asks. */
final class LlamaPeer {

    private static final ObjectMapper JSON = new ObjectMapper();

    private LlamaPeer() {}

    /** Answers requests, one a line, until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        var answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var file = "";
        LlamaModel model = null;
        var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = requests.readLine(); line != null; line = requests.readLine()) {
            var request = JSON.readTree(line);
            if (!request.path("model").asText().equals(file)) {
                if (model != null) model.close();
                file = request.path("model").asText();
                var threads = request.path("threads").asInt();
                model = new LlamaModel(new ModelParameters().setModel(file).setThreads(threads).setThreadsBatch(threads).setCtxSize(1024)
                        .setBatchSize(512).disableLog());
            }
            var start = System.nanoTime();
            var first = 0L;
            var ask = new InferenceParameters(request.path("text").asText()).setNPredict(request.path("tokens").asInt()).setTemperature(0)
                    .setIgnoreEos(true).setCachePrompt(false);
            for (var output : model.generate(ask)) {
                if (first == 0 && output != null) first = System.nanoTime();
            }
            var end = System.nanoTime();
            answers.println(JSON.createObjectNode().put("prefill_s", (first - start) / 1e9).put("decode_s", (end - first) / 1e9));
        }
    }
}
