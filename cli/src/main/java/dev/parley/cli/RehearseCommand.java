package dev.parley.cli;

import dev.parley.files.FolderTree;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.model.Backend;
import dev.parley.model.ModelConfig;
import dev.parley.serve.ParleyServer;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.store.Database;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code parley rehearse}: does what a user's first command does, with a small random model, while the JVM takes notes: which
 * classes it needs and how often its methods run. The launcher has this done once after a build, and later starts begin with
 * the notes (JEP 483, 514, 515).
 */
@Command(name = "rehearse", hidden = true, description = "Prepare faster starts; the launcher does so after a build.")
final class RehearseCommand implements Callable<Integer> {

    private static final int HIDDEN_SIZE = 128;

    private final Output output;

    RehearseCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var folder = Files.createTempDirectory("parley-rehearsal");
        try {
            var tokenizer = Tokenizer.fromPretrained("gpt2");
            tokenizer.save(folder);
            try (var model = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 256, HIDDEN_SIZE, 4, 2), 1)) {
                model.savePretrained(folder);
            }
            generate(folder, "--dtype", "bfloat16");
            generate(folder, "--quantize", "int8");
            generate(folder, "--dtype", "bfloat16", "--temperature", "0.8", "--top-p", "0.9", "--json");
            serve(folder);
        } finally {
            FolderTree.delete(folder);
        }
        return Parley.DONE;
    }

    /** A server of the model, which answers a request: most of a server's start is the loading of its libraries' classes. */
    private void serve(Path folder) throws IOException {
        var options = new EngineOptions();
        options.quantize = EngineOptions.Quantize.INT8;
        options.dtype = EngineOptions.Precision.BFLOAT16;
        options.engine = Backend.AUTO;
        var pool = new ModelPool(new ServedModels(options, output).sources(List.of(folder.toString()), List.of(), List.of()),
                Long.MAX_VALUE,
                Limits.DEFAULT, ModelPool.PATIENCE);
        try (var database = Database.sqlite(folder.resolve("data")); var http = HttpClient.newHttpClient();
                var server = ParleyServer.start(ServerSettings.DEFAULT.withPort(0), pool, database, line -> {})) {
            var body = HttpRequest.BodyPublishers.ofString("{\"prompt\": \"Once upon a time\", \"max_tokens\": 8, \"stream\": true}");
            http.send(HttpRequest.newBuilder(URI.create(server.address() + "/ready")).build(), HttpResponse.BodyHandlers.discarding());
            http.send(
                    HttpRequest.newBuilder(URI.create(server.address() + "/v1/completions")).header("Content-Type", "application/json")
                            .POST(body).build(),
                    HttpResponse.BodyHandlers.discarding());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void generate(Path folder, String... options) {
        var all = new String[options.length + 9];
        System.arraycopy(new String[] {"generate", "--engine", "java", "--model", folder.toString(), "--prompt", "Once upon a time",
            "--max-new-tokens", "60"}, 0, all, 0, 9);
        System.arraycopy(options, 0, all, 9, options.length);
        Parley.run(output, all);
    }
}
