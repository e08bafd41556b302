package dev.parley.bench;

import dev.parley.files.FolderTree;
import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.kernels.machine.MemoryBandwidth;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.GgufExport;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.weights.GgmlType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Continuing texts by models with random weights, greedy, beside llama.cpp on the same weights. The limit of a token is the
 * memory: every weight is read once.
 */
final class DecodeBench {

    private static final int TOKENS = 128;
    private static final int TURNS = 7;
    private static final int PROMPT = 512;
    static final String SENTENCE = "The river ran slowly past the old mill, and the children threw small stones into the water. ";

    private final Consumer<String> note;
    private final Optional<String> peerCommand;
    private final Tokenizer tokenizer = Tokenizer.fromPretrained("gpt2");
    private final List<BenchRow> rows = new ArrayList<>();

    private DecodeBench(Consumer<String> note, Optional<String> peerCommand) {
        this.note = note;
        this.peerCommand = peerCommand;
    }

    /** @param large whether a Llama of half a billion weights is measured too, which takes some minutes and 4 GB of disk */
    static List<BenchRow> rows(Consumer<String> note, Optional<String> peerCommand, boolean large) throws IOException {
        var bench = new DecodeBench(note, peerCommand);
        bench.model("gpt2-124m", ModelConfig.gpt2Small(), List.of(WeightType.INT8, WeightType.BFLOAT16), true);
        if (large) bench.model("llama-0.5b", llama(), List.of(WeightType.INT8, WeightType.INT4), false);
        return bench.rows;
    }

    /** 477 million weights in Llama's shape. */
    private static ModelConfig llama() {
        return ModelConfig.llama(50_257, 1024, 1280, 24, 20, 4, 3456);
    }

    private void model(String name, ModelConfig config, List<WeightType> types, boolean whole) throws IOException {
        var folder = Files.createTempDirectory("parley-bench");
        try {
            try (var model = TrainableLM.create(config, 1)) {
                model.savePretrained(folder);
            }
            tokenizer.save(folder);
            for (var type : types) batchOfOne(name, folder, type);
            if (whole) {
                prefill(name, folder);
                eight(name, folder, WeightType.INT8);
                eight(name, folder, WeightType.BFLOAT16);
            }
        } finally {
            FolderTree.delete(folder);
        }
    }

    private static GgmlType peerType(WeightType type) {
        return switch (type) {
            case FLOAT32 -> GgmlType.F32;
            case BFLOAT16 -> GgmlType.F16;
            case INT8 -> GgmlType.Q8_0;
            case INT4 -> GgmlType.Q4_0;
            case AS_STORED -> throw new IllegalArgumentException("A folder's weights are in no blocks.");
        };
    }

    private static String label(WeightType type) {
        return type == WeightType.BFLOAT16 ? "bf16" : type.name().toLowerCase(Locale.ROOT);
    }

    private Path gguf(Path folder, WeightType type) throws IOException {
        var file = folder.resolve(peerType(type) + ".gguf");
        if (!Files.exists(file)) GgufExport.write(folder, file, peerType(type));
        return file;
    }

    private CausalLM load(Path folder, WeightType type) {
        return CausalLM.fromPretrained(folder, type, CpuFeatures.computeType(), Backend.AUTO);
    }

    private void batchOfOne(String name, Path folder, WeightType type) throws IOException {
        var ours = new double[TURNS];
        var peers = new double[TURNS];
        var bandwidths = new double[TURNS];
        var file = gguf(folder, type);
        try (var model = load(folder, type); var peer = PeerProcess.start(peerCommand)) {
            for (int turn = -2; turn < TURNS; turn++) { // two turns to warm up
                var prompt = tokenizer.encode(SENTENCE.substring(0, 20 + turn));
                var peerTimes = peer.measure(file, tokenizer.decode(prompt), prompt, TOKENS + 1, ThreadTeam.shared().size());
                var bandwidth = MemoryBandwidth.measure();
                var times = ours(model, List.of(prompt), TOKENS + 1);
                if (turn < 0) continue;
                ours[turn] = TOKENS / times.decode();
                peers[turn] = TOKENS / peerTimes.decode();
                bandwidths[turn] = bandwidth;
                note.accept(String.format(Locale.ROOT, "%s %s: %.1f tokens/s, peer %.1f; memory read at %.1f GB/s", name, label(type),
                        ours[turn], peers[turn], bandwidth / 1e9));
            }
            rows.add(new BenchRow(name + " " + label(type) + " batch 1", BenchRow.median(ours), "tokens/s",
                    Optional.of(new BenchRow.Named(peer.name() + " " + peerType(type), BenchRow.median(peers))),
                    Optional.of(
                            new BenchRow.Named("reading the weights at memory speed", BenchRow.median(bandwidths) / model.weightBytes()))));
        }
    }

    private void prefill(String name, Path folder) throws IOException {
        var type = WeightType.BFLOAT16;
        var prompt = Arrays.copyOf(tokenizer.encode(SENTENCE.repeat(40)), PROMPT);
        var ours = new double[TURNS];
        var peers = new double[TURNS];
        try (var model = load(folder, type); var peer = PeerProcess.start(peerCommand)) {
            for (int turn = -2; turn < TURNS; turn++) {
                var peerTimes = peer.measure(gguf(folder, type), tokenizer.decode(prompt), prompt, 2, ThreadTeam.shared().size());
                var times = ours(model, List.of(prompt), 2);
                if (turn < 0) continue;
                ours[turn] = PROMPT / times.prefill();
                peers[turn] = PROMPT / peerTimes.prefill();
            }
            rows.add(new BenchRow(name + " bf16 prefill " + PROMPT, BenchRow.median(ours), "tokens/s",
                    Optional.of(new BenchRow.Named(peer.name() + " " + peerType(type), BenchRow.median(peers))), Optional.empty()));
        }
    }

    /** Eight prompts at once beside one. */
    private void eight(String name, Path folder, WeightType type) {
        var together = new double[TURNS];
        var alone = new double[TURNS];
        try (var model = load(folder, type)) {
            for (int turn = -2; turn < TURNS; turn++) {
                var prompts = new ArrayList<int[]>();
                for (int i = 0; i < 8; i++) prompts.add(tokenizer.encode(SENTENCE.substring(0, 20 + i)));
                var eight = ours(model, prompts, TOKENS + 1).decode();
                var one = ours(model, prompts.subList(0, 1), TOKENS + 1).decode();
                if (turn < 0) continue;
                together[turn] = 8 * TOKENS / eight;
                alone[turn] = TOKENS / one;
            }
        }
        rows.add(new BenchRow(name + " " + label(type) + " batch 8", BenchRow.median(together), "tokens/s",
                Optional.of(new BenchRow.Named("one prompt", BenchRow.median(alone))), Optional.empty()));
    }

    static PeerProcess.Times ours(CausalLM model, List<int[]> prompts, int tokens) {
        var config = GenerationConfig.DEFAULT.withMaxNewTokens(tokens).withIgnoreEos(true);
        var first = new long[1];
        var asked = new int[1];
        var start = System.nanoTime();
        new Generator(model).generate(prompts, config, (row, piece) -> {}, () -> {
            if (++asked[0] == 2) first[0] = System.nanoTime();
            return false;
        });
        return new PeerProcess.Times((first[0] - start) / 1e9, BenchRow.seconds(first[0]));
    }
}
