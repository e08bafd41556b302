package dev.parley.bench;

import dev.parley.kernels.machine.MemoryBandwidth;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.model.CausalLM;
import dev.parley.model.GgufImport;
import dev.parley.model.MemoryNeeds;
import dev.parley.model.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** A GGUF file of the user's, run with its own numbers, beside llama.cpp on the same file: decoding, and a prompt. */
final class GgufBench {

    private static final int TOKENS = 64;
    private static final int TURNS = 5;
    private static final int PROMPT = 512;

    private GgufBench() {}

    static List<BenchRow> rows(Path file, Optional<String> peerCommand, Consumer<String> note) throws IOException {
        var tokenizer = GgufImport.tokenizer(file);
        double[] decode = new double[TURNS], peerDecode = new double[TURNS], prompt = new double[TURNS], peerPrompt = new double[TURNS];
        var bandwidths = new double[TURNS];
        var threads = ThreadTeam.shared().size();
        var active = activeBytes(file);
        var begin = System.nanoTime();
        try (var model = CausalLM.fromPretrained(file); var peer = PeerProcess.start(peerCommand)) {
            note.accept(String.format(Locale.ROOT, "loaded in %.2f s", BenchRow.seconds(begin)));
            for (int turn = -2; turn < TURNS; turn++) { // two turns to warm up
                var few = tokenizer.encode(DecodeBench.SENTENCE.substring(0, 20 + turn));
                var many = Arrays.copyOf(tokenizer.encode(DecodeBench.SENTENCE.substring(20 + turn).repeat(80)), PROMPT);
                var theirs = peer.measure(file, tokenizer.decode(few), few, TOKENS + 1, threads);
                var bandwidth = MemoryBandwidth.measure();
                var ours = DecodeBench.ours(model, List.of(few), TOKENS + 1);
                var theirPrompt = peer.measure(file, tokenizer.decode(many), many, 2, threads);
                var ourPrompt = DecodeBench.ours(model, List.of(many), 2);
                if (turn < 0) continue;
                bandwidths[turn] = bandwidth;
                decode[turn] = TOKENS / ours.decode();
                peerDecode[turn] = TOKENS / theirs.decode();
                prompt[turn] = PROMPT / ourPrompt.prefill();
                peerPrompt[turn] = PROMPT / theirPrompt.prefill();
                note.accept(String.format(Locale.ROOT,
                        "decoding %.1f tokens/s, peer %.1f; prompt %.1f, peer %.1f; memory read at %.1f GB/s", decode[turn],
                        peerDecode[turn], prompt[turn], peerPrompt[turn], bandwidth / 1e9));
            }
            var name = file.getFileName().toString();
            return List.of(row(name + " batch 1", decode, peer.name(), peerDecode,
                    Optional.of(new BenchRow.Named("reading a token's weights at memory speed", BenchRow.median(bandwidths) / active))),
                    row(name + " prompt of " + PROMPT, prompt, peer.name(), peerPrompt, Optional.empty()));
        }
    }

    /** Bytes of weights that the step of one token reads: of experts, those of the few that it asks. */
    private static long activeBytes(Path file) throws IOException {
        try (var files = ModelFiles.open(file)) {
            return MemoryNeeds.of(files.config(), Optional.of(files.weights()), ModelFiles.weightType(file).orElseThrow()).readPerToken();
        }
    }

    private static BenchRow row(String what, double[] ours, String peer, double[] theirs, Optional<BenchRow.Named> limit) {
        return new BenchRow(what, BenchRow.median(ours), "tokens/s", Optional.of(new BenchRow.Named(peer, BenchRow.median(theirs))), limit);
    }
}
