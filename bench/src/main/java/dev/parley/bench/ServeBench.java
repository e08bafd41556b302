package dev.parley.bench;

import dev.parley.bench.BenchRow.Named;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.kernels.DType;
import dev.parley.model.Adapter;
import dev.parley.model.ModelConfig;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.weights.TensorData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What a server gives: many streams beside one, the way over HTTP beside the bare engine, a known beginning beside a new one, and its
 * start.
 */
final class ServeBench {

    private static final int STREAMS = 16;
    private static final int ADAPTED_STREAMS = 8;
    private static final int ADAPTERS = 4;
    private static final int RANK = 16;
    private static final int PROMPT = 12; // tokens; fewer than a block, so that nothing of them is known the next time
    private static final int BEGINNING = 500;
    private static final int REST = 10;
    private static final int WARM_PIECES = 2_000; // for each turn
    private static final int PAIRS = 3; // for each turn, of a stream over HTTP and one without

    /** A row of what is measured. */
    enum Part { STREAMS, ADAPTERS, SWAP, HTTP, BEGINNING, START }

    private final BenchServer server;
    private final CompletionClient client;
    private final String name;
    private final int turns;
    private final int tokens;
    private final Consumer<String> note;
    private final SplittableRandom random = new SplittableRandom(1);

    private ServeBench(BenchServer server, CompletionClient client, String name, int turns, int tokens, Consumer<String> note) {
        this.server = server;
        this.client = client;
        this.name = name;
        this.turns = turns;
        this.tokens = tokens;
        this.note = note;
    }

    /** GPT-2 124M in int8, and {@code launcher} started as a user would. */
    static List<BenchRow> rows(Set<Part> parts, Path launcher, Consumer<String> note) throws IOException {
        return rows("gpt2-124m int8", ModelConfig.gpt2Small(), 7, 200, parts, launcher, note);
    }

    /**
     * @param turns that are measured, after one that warms up
     * @param tokens of an answer
     */
    static List<BenchRow> rows(String name, ModelConfig config, int turns, int tokens, Set<Part> parts, Path launcher,
            Consumer<String> note) throws IOException {
        try (var server = BenchServer.start(config, Limits.DEFAULT); var client = new CompletionClient(server.address())) {
            var bench = new ServeBench(server, client, name, turns, tokens, note);
            var rows = new ArrayList<BenchRow>();
            for (var part : new TreeSet<>(parts)) {
                rows.add(switch (part) {
                    case STREAMS -> bench.streams();
                    case ADAPTERS -> bench.adapters();
                    case SWAP -> bench.swap();
                    case HTTP -> bench.server();
                    case BEGINNING -> bench.beginning();
                    case START -> new StartBench(launcher, server.model(), note).row(name, turns);
                });
            }
            return rows;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private int[] ids(int count) {
        return random.ints(count, 0, 50_000).toArray();
    }

    /** Many streams and one, in turn: tokens a second of all together, from the first request to the last token. */
    private BenchRow streams() throws InterruptedException {
        double[] many = new double[turns], one = new double[turns];
        for (int turn = -1; turn < turns; turn++) {
            var manySeconds = engine(STREAMS);
            var oneSeconds = engine(1);
            if (turn < 0) continue;
            many[turn] = STREAMS * tokens / manySeconds;
            one[turn] = tokens / oneSeconds;
            note.accept(String.format(Locale.ROOT, "%s: %d streams %.1f tokens/s, one %.1f", name, STREAMS, many[turn], one[turn]));
        }
        return new BenchRow(name + " " + STREAMS + " streams", BenchRow.median(many), "tokens/s",
                Optional.of(new Named("one stream", BenchRow.median(one))), Optional.empty());
    }

    /** Streams of several adapters beside as many of the model alone, in turn. */
    private BenchRow adapters() throws IOException, InterruptedException {
        var adapters = new ArrayList<Optional<Adapter>>();
        for (int i = 0; i < ADAPTERS; i++) adapters.add(Optional.of(server.loaded().loadAdapter(adapter(i))));
        double[] adapted = new double[turns], plain = new double[turns];
        for (int turn = -1; turn < turns; turn++) {
            var adaptedSeconds = engine(ADAPTED_STREAMS, adapters);
            var plainSeconds = engine(ADAPTED_STREAMS);
            if (turn < 0) continue;
            adapted[turn] = ADAPTED_STREAMS * tokens / adaptedSeconds;
            plain[turn] = ADAPTED_STREAMS * tokens / plainSeconds;
            note.accept(String.format(Locale.ROOT, "%s: %d streams over %d adapters %.1f tokens/s, without %.1f", name, ADAPTED_STREAMS,
                    ADAPTERS, adapted[turn], plain[turn]));
        }
        return new BenchRow(name + " " + ADAPTED_STREAMS + " streams over " + ADAPTERS + " adapters", BenchRow.median(adapted), "tokens/s",
                Optional.of(new Named("without adapters", BenchRow.median(plain))), Optional.empty());
    }

    /** From an adapter's files to an adapter in memory, with which the next request can run. */
    private BenchRow swap() throws IOException {
        var folder = adapter(ADAPTERS);
        var times = new double[turns];
        for (int turn = -1; turn < turns; turn++) {
            var start = System.nanoTime();
            server.loaded().loadAdapter(folder);
            if (turn >= 0) times[turn] = 1000 * BenchRow.seconds(start);
            note.accept(String.format(Locale.ROOT, "%s: an adapter loaded in %.0f ms", name, 1000 * BenchRow.seconds(start)));
        }
        return new BenchRow(name + " adapter loaded", BenchRow.median(times), "ms", Optional.empty(), Optional.empty());
    }

    /** An adapter of rank 16 of every matrix of the layers, with random numbers. */
    private Path adapter(int number) throws IOException {
        var folder = server.model().resolveSibling("adapter-" + number);
        var numbers = new SplittableRandom(number);
        var tensors = new ArrayList<TensorData>();
        for (var weight : server.loaded().config().blueprint().weights()) {
            if (!weight.isLayerMatrix()) continue;
            var module = weight.name().substring(0, weight.name().lastIndexOf('.'));
            tensors.add(drawn(AdapterFiles.nameOfA(module), RANK, weight.inFeatures(), numbers));
            tensors.add(drawn(AdapterFiles.nameOfB(module), weight.outFeatures(), RANK, numbers));
        }
        AdapterFiles.write(folder, LoraConfig.of(RANK, 2 * RANK), tensors);
        return folder;
    }

    private static TensorData drawn(String name, int rows, int columns, SplittableRandom random) {
        var memory = MemorySegment.ofArray(new byte[4 * rows * columns]);
        for (int i = 0; i < rows * columns; i++)
            memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 4L * i, (float) random.nextDouble(-0.01, 0.01));
        return TensorData.of(name, DType.FLOAT32, new long[] {rows, columns}, memory);
    }

    /** Seconds that the bare engine takes for so many answers at once. */
    private double engine(int streams) throws InterruptedException {
        return engine(streams, List.of(Optional.empty()));
    }

    /** The same. @param adapters that the streams have in turns */
    private double engine(int streams, List<Optional<Adapter>> adapters) throws InterruptedException {
        var config = GenerationConfig.builder().temperature(0).maxNewTokens(tokens).ignoreEos(true).build();
        var ended = new CountDownLatch(streams);
        var listener = new InferenceEngine.Listener() {

            @Override
            public void onTokens(int row, int[] newIds, List<TokenLogprob> logprobs, String text) {}

            @Override
            public void onEnd(Answer answer) {
                ended.countDown();
            }

            @Override
            public void onFailure(RuntimeException failure) {
                note.accept("failed: " + failure.getMessage());
                ended.countDown();
            }
        };
        var prompts = IntStream.range(0, streams).mapToObj(i -> ids(PROMPT)).toList();
        var start = System.nanoTime();
        for (int i = 0; i < streams; i++) {
            var request = TextRequest.of(prompts.get(i), config);
            server.engine().submit(adapters.get(i % adapters.size()).map(request::with).orElse(request), listener);
        }
        ended.await();
        return BenchRow.seconds(start);
    }

    /** One stream over HTTP between two of the bare engine, the mean of which it is compared with: what the server itself costs. */
    private BenchRow server() throws IOException, InterruptedException {
        warmUp();
        var pairs = PAIRS * turns; // they differ by more than is looked for
        double[] served = new double[pairs], bare = new double[pairs];
        var before = engine(1);
        for (int turn = -1; turn < pairs; turn++) {
            var over = client.stream(CompletionClient.request(ids(PROMPT), tokens), Integer.MAX_VALUE);
            if (!over.done()) throw new IOException("The server's stream broke off after " + over.pieces() + " pieces.");
            var after = engine(1);
            if (turn >= 0) {
                served[turn] = tokens / over.seconds();
                bare[turn] = 2 * tokens / (before + after);
                note.accept(String.format(Locale.ROOT, "%s: over HTTP %.1f tokens/s, the engine %.1f", name, served[turn], bare[turn]));
            }
            before = after;
        }
        return new BenchRow(name + " one stream over HTTP", BenchRow.median(served), "tokens/s",
                Optional.of(new Named("the bare engine", BenchRow.median(bare))), Optional.empty());
    }

    /**
     * Many streams at once: Java compiles what has run some thousand times, beside the model and at its cost, and one stream alone takes
     * minutes to that.
     */
    private void warmUp() throws InterruptedException {
        var pieces = new AtomicInteger();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < STREAMS; i++) {
                var prompt = ids(PROMPT);
                all.add(clients.submit(() -> {
                    while (pieces.get() < turns * WARM_PIECES)
                        pieces.addAndGet(client.stream(CompletionClient.request(prompt, tokens), Integer.MAX_VALUE).pieces());
                    return null;
                }));
            }
            for (var one : all) one.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The warm-up failed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    /** The first token after a beginning that is new, and after the same beginning with another end. */
    private BenchRow beginning() throws IOException, InterruptedException {
        double[] known = new double[turns], fresh = new double[turns];
        for (int turn = -1; turn < turns; turn++) {
            var beginning = ids(BEGINNING);
            var first = client.stream(CompletionClient.request(join(beginning, ids(REST)), 2), Integer.MAX_VALUE).firstSeconds();
            var second = client.stream(CompletionClient.request(join(beginning, ids(REST)), 2), Integer.MAX_VALUE).firstSeconds();
            if (turn < 0) continue;
            fresh[turn] = 1000 * first;
            known[turn] = 1000 * second;
            note.accept(String.format(Locale.ROOT, "%s: first token after %d new tokens %.0f ms, after known ones %.0f ms", name, BEGINNING,
                    fresh[turn], known[turn]));
        }
        return new BenchRow(name + " first token after a known beginning", BenchRow.median(known), "ms",
                Optional.of(new Named("after a new one", BenchRow.median(fresh))), Optional.empty());
    }

    private static int[] join(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }
}
