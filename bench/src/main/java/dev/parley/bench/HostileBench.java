package dev.parley.bench;

import dev.parley.bench.BenchRow.Named;
import dev.parley.bench.HostileRequests.Attack;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.model.ModelConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What an honest client feels while others mean ill: the longest time between two events of its stream, and that until {@code /health}
 * answers, beside each of {@link HostileRequests}, sent with one other key. The clients run in the server's process and take their part of
 * its processors.
 */
final class HostileBench {

    private static final double GOAL = 1000; // milliseconds
    private static final int PROMPT = 12;
    private static final int TOKENS = 200;
    private static final int PAUSE_MILLIS = 100; // between two questions for the health
    private static final int PIECE = 1 << 16; // bytes
    private static final long PIECE_NANOS = 30_000_000;
    private static final Duration CONNECT = Duration.ofSeconds(60);

    private final BenchServer server;
    private final String honest;
    private final String hostile;
    private final String name;
    private final int seconds;
    private final Consumer<String> note;

    private HostileBench(BenchServer server, String name, int seconds, Consumer<String> note) {
        this.server = server;
        honest = server.key("honest");
        hostile = server.key("hostile");
        this.name = name;
        this.seconds = seconds;
        this.note = note;
    }

    /** GPT-2 124M in int8, with each attack for so long. */
    static List<BenchRow> rows(Consumer<String> note) throws IOException {
        return rows("gpt2-124m int8", ModelConfig.gpt2Small(), 15, HostileRequests.all(), note);
    }

    static List<BenchRow> rows(String name, ModelConfig config, int seconds, List<Attack> attacks, Consumer<String> note)
            throws IOException {
        try (var server = BenchServer.start(config, Limits.DEFAULT, true)) {
            var bench = new HostileBench(server, name, seconds, note);
            var rows = new ArrayList<BenchRow>();
            rows.add(bench.row("alone", Optional.empty())); // which warms up, too
            rows.set(0, bench.row("alone", Optional.empty()));
            for (var attack : attacks) rows.add(bench.row("beside " + attack.clients() + " of: " + attack.name(), Optional.of(attack)));
            return rows;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private BenchRow row(String beside, Optional<Attack> attack) throws InterruptedException {
        var body = attack.map(a -> a.body().get()).orElse(new byte[0]);
        var end = System.nanoTime() + seconds * 1_000_000_000L;
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
            var stream = threads.submit(() -> longestGap(end));
            var health = threads.submit(() -> longestHealth(end));
            var attackers = new ArrayList<Future<String>>();
            for (int i = 0; i < attack.map(Attack::clients).orElse(0); i++)
                attackers.add(threads.submit(() -> attack(attack.get(), body, end)));
            var gap = 1000 * stream.get();
            var answer = 1000 * health.get();
            note.accept(String.format(Locale.ROOT,
                    "%s, a stream %s: longest gap %.0f ms, longest wait for /health %.0f ms; answers to others: %s", name, beside, gap,
                    answer, told(attackers)));
            return new BenchRow(name + ", longest gap " + beside, gap, "ms", Optional.of(new Named("wait for /health", answer)),
                    Optional.of(new Named("the goal", GOAL)));
        } catch (ExecutionException e) {
            throw new IllegalStateException("An honest client was not served beside " + beside + ": " + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    private static String told(List<Future<String>> attackers) throws ExecutionException, InterruptedException {
        var answers = new TreeMap<String, Integer>();
        for (var attacker : attackers) answers.merge(attacker.get(), 1, Integer::sum);
        return answers.toString();
    }

    /** Of streams one after the other, each until its end. While none is taken, or one is broken off, there is no event either. */
    private double longestGap(long end) throws InterruptedException {
        var random = new SplittableRandom(1);
        var longest = 0.0;
        var since = System.nanoTime();
        try (var client = new CompletionClient(server.address(), Optional.of(honest))) {
            while (System.nanoTime() < end) {
                var waited = BenchRow.seconds(since);
                try {
                    var streamed = client.stream(CompletionClient.request(random.ints(PROMPT, 0, 50_000).toArray(), TOKENS),
                            Integer.MAX_VALUE);
                    if (!streamed.done()) throw new IOException("broken off");
                    longest = Math.max(longest, waited + streamed.longestGap());
                    since = System.nanoTime();
                } catch (IOException e) {
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        }
        return Math.max(longest, BenchRow.seconds(since));
    }

    private double longestHealth(long end) throws IOException, InterruptedException {
        var longest = 0.0;
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(server.address() + "/health")).build();
            while (System.nanoTime() < end) {
                var begin = System.nanoTime();
                client.send(request, HttpResponse.BodyHandlers.discarding());
                longest = Math.max(longest, BenchRow.seconds(begin));
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return longest;
    }

    /** At the speed of a line, so that all together take 2 Gbit/s and not the machine's processors. */
    private static void sendAllButTheLast(byte[] body, OutputStream out) throws IOException {
        for (int at = 0; at < body.length - 1; at += PIECE) {
            out.write(body, at, Math.min(PIECE, body.length - 1 - at));
            LockSupport.parkNanos(PIECE_NANOS);
        }
    }

    /** Sends its request again and again until the end, and leaves then, answered or not. @return the last status, or what came instead */
    private String attack(Attack attack, byte[] body, long end) {
        var last = "none";
        while (System.nanoTime() < end) {
            try (var socket = new Socket()) {
                var address = URI.create(server.address());
                socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), (int) CONNECT.toMillis());
                socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
                var out = socket.getOutputStream();
                out.write(("POST " + attack.path() + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n"
                        + CompletionClient.authorization(hostile)
                        + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: "
                        + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                if (attack.held()) sendAllButTheLast(body, out);
                else out.write(body);
                out.flush();
                var head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                last = head.isEmpty() ? "closed" : head.substring(head.indexOf(' ') + 1);
            } catch (IOException e) {
                last = e instanceof SocketTimeoutException ? "none in time" : "cut off";
            }
        }
        return last;
    }
}
