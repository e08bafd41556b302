package dev.parley.bench;

import dev.parley.bench.BenchRow.Named;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.model.ModelConfig;
import java.io.IOException;
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
    private static final int PROMPT = 12; // tokens; fewer than a block, so that nothing of them is known the next time
    private static final int BEGINNING = 500;
    private static final int REST = 10;
    private static final int WARM_PIECES = 2_000; // for each turn
    private static final int PAIRS = 3; // for each turn, of a stream over HTTP and one without

    /** A row of what is measured. */
    enum Part { STREAMS, HTTP, BEGINNING, START }

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

    /** Seconds that the bare engine takes for so many answers at once. */
    private double engine(int streams) throws InterruptedException {
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
        for (var prompt : prompts) server.engine().submit(TextRequest.of(prompt, config), listener);
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
