package dev.parley.bench;

import dev.parley.bench.PeerProcess.Times;
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

/**
 * A GGUF file of the user's, run with its own numbers, beside llama.cpp on the same file: decoding, and a prompt. A peer that cannot read
 * the file is left out.
 */
final class GgufBench {

    private static final int TOKENS = 64;
    private static final int TURNS = 5;
    private static final int PROMPT = 512;

    private GgufBench() {}

    static List<BenchRow> rows(Path file, Optional<String> peerCommand, Consumer<String> note) throws IOException {
        var tokenizer = GgufImport.tokenizer(file);
        double[] decode = new double[TURNS], peerDecode = new double[TURNS], prompt = new double[TURNS], peerPrompt = new double[TURNS];
        var bandwidths = new double[TURNS];
        var active = activeBytes(file);
        var begin = System.nanoTime();
        var beside = true;
        try (var model = CausalLM.fromPretrained(file); var peer = PeerProcess.start(peerCommand)) {
            note.accept(String.format(Locale.ROOT, "loaded in %.2f s", BenchRow.seconds(begin)));
            for (int turn = -2; turn < TURNS; turn++) { // two turns to warm up
                var few = tokenizer.encode(DecodeBench.SENTENCE.substring(0, 20 + turn));
                var many = Arrays.copyOf(tokenizer.encode(DecodeBench.SENTENCE.substring(20 + turn).repeat(80)), PROMPT);
                var theirs = beside ? theirs(peer, file, tokenizer.decode(few), few, TOKENS + 1, note) : Optional.<Times>empty();
                beside = theirs.isPresent();
                var bandwidth = MemoryBandwidth.measure();
                var ours = DecodeBench.ours(model, List.of(few), TOKENS + 1);
                var theirPrompt = beside ? theirs(peer, file, tokenizer.decode(many), many, 2, note) : Optional.<Times>empty();
                var ourPrompt = DecodeBench.ours(model, List.of(many), 2);
                if (turn < 0) continue;
                bandwidths[turn] = bandwidth;
                decode[turn] = TOKENS / ours.decode();
                peerDecode[turn] = theirs.map(times -> TOKENS / times.decode()).orElse(0.0);
                prompt[turn] = PROMPT / ourPrompt.prefill();
                peerPrompt[turn] = theirPrompt.map(times -> PROMPT / times.prefill()).orElse(0.0);
                note.accept(String.format(Locale.ROOT,
                        "decoding %.1f tokens/s, peer %.1f; prompt %.1f, peer %.1f; memory read at %.1f GB/s", decode[turn],
                        peerDecode[turn], prompt[turn], peerPrompt[turn], bandwidth / 1e9));
            }
            var name = file.getFileName().toString();
            var limit = new BenchRow.Named("reading a token's weights at memory speed", BenchRow.median(bandwidths) / active);
            var other = beside ? Optional.of(peer.name()) : Optional.<String>empty();
            return List.of(row(name + " batch 1", decode, other, peerDecode, Optional.of(limit)),
                    row(name + " prompt of " + PROMPT, prompt, other, peerPrompt, Optional.empty()));
        }
    }

    /** Bytes of weights that the step of one token reads: of experts, those of the few that it asks. */
    private static long activeBytes(Path file) throws IOException {
        try (var files = ModelFiles.open(file)) {
            return MemoryNeeds.of(files.config(), Optional.of(files.weights()), ModelFiles.weightType(file).orElseThrow()).readPerToken();
        }
    }

    private static Optional<Times> theirs(PeerProcess peer, Path file, String text, int[] prompt, int tokens, Consumer<String> note) {
        try {
            return Optional.of(peer.measure(file, text, prompt, tokens, ThreadTeam.shared().size()));
        } catch (IOException e) {
            note.accept(e.getMessage() + ": it is left out.");
            return Optional.empty();
        }
    }

    private static BenchRow row(String what, double[] ours, Optional<String> peer, double[] theirs, Optional<BenchRow.Named> limit) {
        return new BenchRow(what, BenchRow.median(ours), "tokens/s",
                peer.map(name -> new BenchRow.Named(name, BenchRow.median(theirs))), limit);
    }
}
