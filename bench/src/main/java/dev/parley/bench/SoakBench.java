package dev.parley.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.bench.BenchRow.Named;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.Engine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Many clients for a long while, a fifth of whom leave midway: every answer must be whole and say rightly why it ended, no place
 * may stay taken, and memory must not grow.
 */
final class SoakBench {

    private static final int CLIENTS = 64;
    private static final int LEAVING = 5; // one of so many requests
    private static final long CACHE_BYTES = 256L << 20; // is full soon, so that its filling is not taken for growth
    private static final List<String> CHOICES = List.of("yes", "no", "perhaps");
    private static final int SHOWN = 10;

    private final BenchServer server;
    private final Consumer<String> note;
    private final List<int[]> beginnings;
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicLong tokens = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong left = new AtomicLong();

    private SoakBench(BenchServer server, Consumer<String> note) {
        this.server = server;
        this.note = note;
        var random = new SplittableRandom(2);
        beginnings = IntStream.range(0, 4).mapToObj(i -> random.ints(40 + 60 * i, 0, 50_000).toArray()).toList();
    }

    /** GPT-2 124M in int8. */
    static List<BenchRow> rows(int seconds, Consumer<String> note) throws IOException {
        return rows("gpt2-124m int8", ModelConfig.gpt2Small(), seconds, note);
    }

    static List<BenchRow> rows(String name, ModelConfig config, int seconds, Consumer<String> note) throws IOException {
        try (var server = BenchServer.start(config, new Limits(32, 256, CACHE_BYTES, 64))) {
            return new SoakBench(server, note).run(name, seconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private List<BenchRow> run(String name, int seconds) throws InterruptedException {
        var start = System.nanoTime();
        var end = start + seconds * 1_000_000_000L;
        var resident = new ArrayList<Double>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                var random = new SplittableRandom(100 + i);
                clients.submit(() -> client(random, end));
            }
            for (int fifth = 1; fifth <= 5; fifth++) {
                Thread.sleep(Math.max(1, (start + fifth * (end - start) / 5 - System.nanoTime()) / 1_000_000));
                resident.add(memory());
            }
        }
        var speed = tokens.get() / BenchRow.seconds(start);
        awaitEmptyPlaces();
        faults.stream().limit(SHOWN).forEach(fault -> note.accept("wrong: " + fault));
        var clients = name + " " + CLIENTS + " clients";
        return List.of(new BenchRow(clients, speed, "tokens/s", Optional.empty(), Optional.empty()),
                new BenchRow(clients + ", left midway", left.get(), "requests", Optional.of(new Named("all requests", requests.get())),
                        Optional.empty()),
                new BenchRow(clients + ", answers that were wrong", faults.size(), "answers", Optional.empty(), Optional.empty()),
                new BenchRow(clients + ", resident memory at the end", resident.getLast(), "MiB",
                        Optional.of(new Named("after a fifth of the time", resident.getFirst())), Optional.empty()));
    }

    /** MiB that the process holds after the garbage is collected. */
    private double memory() {
        System.gc();
        var runtime = Runtime.getRuntime();
        var stats = server.engine().stats();
        var resident = Engine.residentBytes() / (double) (1 << 20);
        note.accept(String.format(Locale.ROOT,
                "%d requests, %d left midway, %d wrong; resident %.0f MiB, heap %d MiB; %d texts run, %d requests wait, %d of %d blocks "
                        + "used",
                requests.get(), left.get(), faults.size(), resident, runtime.totalMemory() - runtime.freeMemory() >> 20, stats.running(),
                stats.waiting(), stats.usedBlocks(), stats.blocks()));
        return resident;
    }

    private void client(SplittableRandom random, long end) {
        try (var client = new CompletionClient(server.address())) {
            while (System.nanoTime() < end) {
                try {
                    request(client, random);
                    requests.incrementAndGet();
                } catch (IOException | RuntimeException e) {
                    faults.add(e.toString());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void request(CompletionClient client, SplittableRandom random) throws IOException, InterruptedException {
        var beginning = beginnings.get(random.nextInt(beginnings.size()));
        var prompt = IntStream.concat(IntStream.of(beginning), random.ints(1 + random.nextInt(20), 0, 50_000)).toArray();
        var wanted = 8 + random.nextInt(56);
        var body = CompletionClient.request(prompt, wanted);
        if (random.nextInt(LEAVING) == 0) {
            if (!client.stream(body, 1 + random.nextInt(wanted / 2)).done()) left.incrementAndGet();
            return;
        }
        switch (random.nextInt(3)) {
            case 0 -> streamed(client, body, wanted);
            case 1 -> whole(client, body, wanted);
            default -> chosen(client, body);
        }
    }

    private void streamed(CompletionClient client, ObjectNode body, int wanted) throws IOException, InterruptedException {
        var streamed = client.stream(body, Integer.MAX_VALUE);
        var reason = CompletionClient.JSON.readTree(streamed.last()).at("/choices/0/finish_reason").asText();
        check(streamed.done() && reason.equals("length"),
                "a stream of " + wanted + " tokens ended by \"" + reason + "\" after " + streamed.pieces() + " pieces");
        tokens.addAndGet(wanted);
    }

    private void whole(CompletionClient client, ObjectNode body, int wanted) throws IOException, InterruptedException {
        var answer = client.whole(body);
        var reason = answer.at("/choices/0/finish_reason").asText();
        var count = answer.at("/usage/completion_tokens").asInt();
        check(count == wanted && reason.equals("length"),
                "an answer of " + wanted + " tokens has " + count + " and ended by \"" + reason + "\"");
        tokens.addAndGet(count);
    }

    private void chosen(CompletionClient client, ObjectNode body) throws IOException, InterruptedException {
        CHOICES.forEach(body.putArray("choice")::add);
        body.remove("ignore_eos");
        var answer = client.whole(body);
        var text = answer.at("/choices/0/text").asText();
        var reason = answer.at("/choices/0/finish_reason").asText();
        check(CHOICES.contains(text) && reason.equals("stop"), "a choice was answered by \"" + text + "\" and ended by \"" + reason + "\"");
        tokens.addAndGet(answer.at("/usage/completion_tokens").asInt());
    }

    private void check(boolean right, String fault) {
        if (!right) faults.add(fault);
    }

    /** Clients that left may not have been noticed yet; a place that stays taken is a fault. */
    private void awaitEmptyPlaces() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            var stats = server.engine().stats();
            if (stats.running() == 0 && stats.waiting() == 0 && stats.usedBlocks() == stats.knownBlocks()) return;
            Thread.sleep(100);
        }
        faults.add("places are still taken ten seconds after the last client: " + server.engine().stats());
    }
}
