package dev.parley.bench;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingType;
import dev.parley.data.WordNet;
import dev.parley.tokenizer.FolderTree;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Encoding ten megabytes of English with GPT-2's vocabulary on one thread, beside the two libraries that a Java developer
 * would take: jtokkit, and Hugging Face's tokenizers through DJL. All three must give the same ids.
 */
final class TokenizerBench {

    private static final int BYTES = 10_000_000;
    private static final int LINES = 20; // in a text: short texts would measure the calls
    private static final int TURNS = 5;

    private TokenizerBench() {}

    static List<BenchRow> rows(Consumer<String> note) throws IOException {
        var texts = texts();
        var megabytes = texts.stream().mapToLong(t -> t.getBytes(StandardCharsets.UTF_8).length).sum() / 1e6;
        var ours = Tokenizer.fromPretrained("gpt2");
        var jtokkit = Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
        var folder = Files.createTempDirectory("parley-bench");
        ours.save(folder);
        try (var djl = HuggingFaceTokenizer.builder().optTokenizerPath(folder.resolve("tokenizer.json")).optAddSpecialTokens(false)
                .optTruncation(false).optPadding(false).build()) {
            var encoders = new LinkedHashMap<String, Function<String, int[]>>();
            encoders.put("ours", ours::encode);
            encoders.put("jtokkit", text -> jtokkit.encodeOrdinary(text).toArray());
            encoders.put("Hugging Face tokenizers through DJL", text -> ints(djl.encode(text).getIds()));
            agree(texts.subList(0, 200), encoders);
            return compare(texts, megabytes, encoders, note);
        } finally {
            FolderTree.delete(folder);
        }
    }

    private static List<BenchRow> compare(List<String> texts, double megabytes, Map<String, Function<String, int[]>> encoders, Consumer<String> note) {
        var speeds = new LinkedHashMap<String, double[]>();
        encoders.keySet().forEach(name -> speeds.put(name, new double[TURNS]));
        for (int turn = -1; turn < TURNS; turn++) { // the first warms the JIT
            for (var encoder : encoders.entrySet()) {
                var start = System.nanoTime();
                var tokens = 0L;
                for (var text : texts) tokens += encoder.getValue().apply(text).length;
                var speed = megabytes / BenchRow.seconds(start);
                if (turn < 0) continue;
                speeds.get(encoder.getKey())[turn] = speed;
                note.accept(String.format(Locale.ROOT, "turn %d: %s %.1f MB/s, %,d tokens", turn + 1, encoder.getKey(), speed, tokens));
            }
        }
        var ours = BenchRow.median(speeds.get("ours"));
        return speeds.entrySet().stream().filter(e -> !e.getKey().equals("ours"))
                .map(e -> new BenchRow.Named(e.getKey(), BenchRow.median(e.getValue())))
                .sorted(Comparator.comparingDouble(p -> -p.value()))
                .map(peer -> new BenchRow("gpt2 tokenizer 1 thread", ours, "MB/s", Optional.of(peer), Optional.empty())).toList();
    }

    private static void agree(List<String> texts, Map<String, Function<String, int[]>> encoders) {
        for (var text : texts) {
            for (var encoder : encoders.entrySet()) {
                if (!java.util.Arrays.equals(encoders.get("ours").apply(text), encoder.getValue().apply(text))) {
                    throw new IllegalStateException(encoder.getKey() + " gives other ids than ours for: " + text);
                }
            }
        }
    }

    private static List<String> texts() {
        var texts = new ArrayList<String>();
        var text = new StringBuilder();
        var bytes = 0;
        var lines = 0;
        for (var synset : WordNet.load().trainSynsets()) {
            text.append(synset.text()).append('\n');
            if (++lines % LINES > 0) continue;
            texts.add(text.toString());
            bytes += text.length();
            text.setLength(0);
            if (bytes >= BYTES) break;
        }
        return texts;
    }

    private static int[] ints(long[] ids) {
        var ints = new int[ids.length];
        for (int i = 0; i < ints.length; i++) ints[i] = (int) ids[i];
        return ints;
    }
}
