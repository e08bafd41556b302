package dev.parley.bench;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingType;
import dev.parley.data.HeldOut;
import dev.parley.data.WordNet;
import dev.parley.files.FolderTree;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Encoding ten megabytes of English with GPT-2's vocabulary on one thread, beside the two libraries that a Java developer
 * would take: jtokkit, and Hugging Face's tokenizers through DJL. All three must give the same ids.
 */
final class TokenizerBench {

    private static final int BYTES = 10_000_000;
    private static final int LINES = 20; // in a text: short texts would measure the calls
    private static final int TURNS = 3;
    private static final String REST = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String GPT4 = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| "
            + "?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";

    private TokenizerBench() {}

    /** GPT-2's vocabulary, cut by each of the four patterns, with one thread and with two. */
    static List<BenchRow> rows(Consumer<String> note) throws IOException {
        var texts = texts();
        var rows = new ArrayList<BenchRow>();
        var patterns = new LinkedHashMap<String, String>();
        patterns.put("gpt2", "");
        patterns.put("gpt4", GPT4);
        patterns.put("llama3", CONTRACTIONS + REST.formatted("\\p{N}{1,3}"));
        patterns.put("qwen2", CONTRACTIONS + REST.formatted("\\p{N}"));
        for (var pattern : patterns.entrySet()) {
            for (var threads : new int[] {1, 2}) rows.addAll(rows(pattern.getKey(), pattern.getValue(), threads, texts, note));
        }
        return rows;
    }

    private static List<BenchRow> rows(String name, String pattern, int threads, List<String> texts, Consumer<String> note)
            throws IOException {
        var folder = Files.createTempDirectory("parley-bench");
        var file = folder.resolve("tokenizer.json");
        Tokenizer.fromPretrained("gpt2").save(folder);
        if (!pattern.isEmpty()) cutBy(file, pattern);
        var ours = Tokenizer.load(file);
        var jtokkit = Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
        try (var djl = HuggingFaceTokenizer.builder().optTokenizerPath(file).optAddSpecialTokens(false).optTruncation(false)
                .optPadding(false).build()) {
            var encoders = new LinkedHashMap<String, Function<String, int[]>>();
            encoders.put("ours", ours::encode);
            encoders.put("Hugging Face tokenizers through DJL", text -> ints(djl.encode(text).getIds()));
            if (pattern.isEmpty() && threads == 1) encoders.put("jtokkit", text -> jtokkit.encodeOrdinary(text).toArray());
            agree(texts.subList(0, 200), encoders);
            return compare(name + " tokenizer " + threads + (threads == 1 ? " thread" : " threads"), threads, texts, encoders, note);
        } finally {
            FolderTree.delete(folder);
        }
    }

    /** Changes a tokenizer.json to another way of cutting. */
    private static void cutBy(Path file, String pattern) throws IOException {
        var mapper = new ObjectMapper();
        var json = (ObjectNode) mapper.readTree(file.toFile());
        var steps = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        var split = steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false);
        split.putObject("pattern").put("Regex", pattern);
        steps.addObject().put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", false);
        Files.writeString(file, mapper.writeValueAsString(json));
    }

    private static List<BenchRow> compare(String name, int threads, List<String> texts, Map<String, Function<String, int[]>> encoders,
            Consumer<String> note) {
        var megabytes = texts.stream().mapToLong(t -> t.getBytes(StandardCharsets.UTF_8).length).sum() / 1e6;
        var speeds = new LinkedHashMap<String, double[]>();
        encoders.keySet().forEach(encoder -> speeds.put(encoder, new double[TURNS]));
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (int turn = -1; turn < TURNS; turn++) { // the first warms the JIT
                for (var encoder : encoders.entrySet()) {
                    var start = System.nanoTime();
                    encodeAll(texts, threads, encoder.getValue(), pool);
                    if (turn >= 0) speeds.get(encoder.getKey())[turn] = megabytes / BenchRow.seconds(start);
                }
            }
        }
        var ours = BenchRow.median(speeds.get("ours"));
        speeds.forEach(
                (encoder, speed) -> note.accept(String.format(Locale.ROOT, "%s: %s %.1f MB/s", name, encoder, BenchRow.median(speed))));
        return speeds.entrySet().stream().filter(e -> !e.getKey().equals("ours"))
                .map(e -> new BenchRow(name, ours, "MB/s", Optional.of(new BenchRow.Named(e.getKey(), BenchRow.median(e.getValue()))),
                        Optional.empty()))
                .toList();
    }

    /** Each thread takes a part of the texts. */
    private static void encodeAll(List<String> texts, int threads, Function<String, int[]> encoder, ExecutorService pool) {
        var parts = new ArrayList<Future<?>>();
        for (int t = 0; t < threads; t++) {
            var part = texts.subList(texts.size() * t / threads, texts.size() * (t + 1) / threads);
            parts.add(pool.submit(() -> part.stream().mapToInt(text -> encoder.apply(text).length).sum()));
        }
        try {
            for (var part : parts) part.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
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
        for (var synset : WordNet.load().trainSynsets(HeldOut.PUBLISHED)) {
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
