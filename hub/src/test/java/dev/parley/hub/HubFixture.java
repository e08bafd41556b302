package dev.parley.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** A served model {@code org/tiny}, an empty cache, and a hub that asks the one and fills the other. */
final class HubFixture implements AutoCloseable {

    static final HubModel TINY = HubModel.parse("org/tiny");
    static final int WEIGHT_BYTES = 300_000;

    final Path served;
    final Path home;
    final FakeHub server;
    final List<String> notes = new CopyOnWriteArrayList<>();
    final HubListener listener = new HubListener() {
        @Override
        public void note(String sentence) {
            notes.add(sentence);
        }
    };

    HubFixture(Path folder) throws IOException {
        served = folder.resolve("served");
        home = folder.resolve("home");
        writeModel(served.resolve("org/tiny"), 1);
        server = FakeHub.start(served);
    }

    static void writeModel(Path model, long seed) throws IOException {
        Files.createDirectories(model.resolve("onnx"));
        for (var name : List.of("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "README.md")) {
            Files.writeString(model.resolve(name), "{\"file\": \"" + name + "\"}\n");
        }
        Files.writeString(model.resolve("special_tokens_map.json"), ""); // an empty file is a file too
        for (var name : List.of("model.safetensors", "pytorch_model.bin", "onnx/model.bin"))
            Files.write(model.resolve(name), bytes(seed++, WEIGHT_BYTES));
    }

    static byte[] bytes(long seed, int count) {
        var bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    Map<String, String> environment(String... more) {
        var environment = new HashMap<>(Map.of("HF_HOME", home.toString(), "HF_ENDPOINT", server.endpoint().toString(), "NO_PROXY", "*"));
        for (int n = 0; n < more.length; n += 2) environment.put(more[n], more[n + 1]);
        return environment;
    }

    /** A hub that waits little between tries. */
    Hub hub(String... more) {
        return Hub.of(HubSettings.of(environment(more)).withPace(new HubSettings.Pace(3, Duration.ofMillis(5), Duration.ofSeconds(30)))
                .withPatience(Duration.ofSeconds(5)));
    }

    /** The model's folder in the cache. */
    Path cached() {
        return home.resolve("hub/models--org--tiny");
    }

    Path weights() {
        return served.resolve("org/tiny/model.safetensors");
    }

    String weightsEtag() throws IOException {
        return server.etag(weights());
    }

    @Override
    public void close() {
        server.close();
    }
}
