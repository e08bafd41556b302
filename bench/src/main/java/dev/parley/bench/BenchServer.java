package dev.parley.bench;

import dev.parley.files.FolderTree;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.serve.ParleyServer;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.accounts.KeyLimits;
import dev.parley.serve.accounts.Keys;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelSource;
import dev.parley.serve.store.Database;
import dev.parley.serve.work.Carriers;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A server in this process, of a model of random weights in int8, at a free port; and the engine behind it. */
final class BenchServer implements AutoCloseable {

    static final String MODEL = "bench";

    private static final String TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}<|endoftext|>{% endfor %}";

    private final Path folder;
    private final Database database;
    private final ModelPool models;
    private final ParleyServer server;
    private final ModelPool.Lease lease;

    /** @param folder made anew, with the model and the server's data; deleted when this is closed */
    private BenchServer(Path folder, Limits limits, boolean auth) {
        this.folder = folder;
        database = Database.sqlite(folder.resolve("data"));
        var source = new ModelSource(MODEL, List.of(), 0, 0, () -> new ModelSource.Parts(
                CausalLM.fromPretrained(model(), WeightType.INT8, CpuFeatures.computeType(), Backend.JAVA), Tokenizer.load(model()),
                GenerationConfig.DEFAULT));
        models = new ModelPool(List.of(source), Long.MAX_VALUE, limits, Duration.ofMinutes(1));
        var settings = ServerSettings.DEFAULT;
        server = ParleyServer
                .start(new ServerSettings(settings.host(), 0, auth, List.of(), List.of(), false, settings.largestBody(), settings.grace(),
                        Optional.of(folder.resolve("access.log")), false), models, database, note -> {});
        lease = models.lease(Optional.empty());
    }

    static BenchServer start(ModelConfig config, Limits limits) throws IOException {
        return start(config, limits, false);
    }

    /** @param auth whether clients need a key, by which they are told apart */
    static BenchServer start(ModelConfig config, Limits limits, boolean auth) throws IOException {
        Carriers.letShareProcessors();
        var folder = Files.createTempDirectory("parley-bench");
        try {
            Files.createDirectories(folder.resolve("data"));
            try (var model = TrainableLM.create(config, 1)) {
                model.savePretrained(Files.createDirectories(folder.resolve("model")));
            }
            Tokenizer.fromPretrained("gpt2").withChatTemplate(ChatTemplate.parse(TEMPLATE, "bench"), "<|endoftext|>")
                    .save(folder.resolve("model"));
            return new BenchServer(folder, limits, auth);
        } catch (IOException | RuntimeException e) {
            FolderTree.delete(folder);
            throw e;
        }
    }

    /** The model's folder. */
    Path model() {
        return folder.resolve("model");
    }

    /** A new key. */
    String key(String name) {
        return new Keys(database).create(name, Optional.empty(), Optional.empty(), KeyLimits.NONE).secret();
    }

    /** The model that is served. */
    CausalLM loaded() {
        return lease.model().model();
    }

    InferenceEngine engine() {
        return lease.model().engine();
    }

    String address() {
        return server.address();
    }

    @Override
    public void close() throws IOException {
        lease.close();
        server.close();
        database.close();
        FolderTree.delete(folder);
    }
}
