package dev.parley.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A server on this machine that behaves like the hub: models are folders {@code org/name} below a folder, other revisions
 * of them {@code org/name@revision}. Weights are redirected to a second server under another host's name, as the hub does.
 * Tests add faults; by hand it is started as
 *
 * <pre>
 * java -cp hub/target/test-classes:JACKSON dev.parley.hub.FakeHub FOLDER PORT [BYTES_PER_SECOND [ORG/NAME TOKEN]]
 * HF_ENDPOINT=http://127.0.0.1:PORT ./parley models pull org/name
 * </pre>
 */
public final class FakeHub implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubContents contents;
    private final HttpServer hub;
    private final HttpServer store;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
    private final Map<String, String> gates = new ConcurrentHashMap<>();
    private final Map<String, String> renamed = new ConcurrentHashMap<>();
    private final Map<String, Path> stored = new ConcurrentHashMap<>();
    private final AtomicLong bytesServed = new AtomicLong();
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    /** A request that came. @param server {@code hub} or {@code store} */
    record Seen(String server, String method, String path, Optional<String> authorization, Optional<String> range) {}

    /** What goes wrong with one request. */
    sealed interface Fault {

        /** Another answer. */
        record Status(int code, Map<String, String> headers) implements Fault {}

        /** Only so many bytes of the body, then the connection is closed. */
        record Cut(long bytes) implements Fault {}

        /** Only so many bytes of the body, then nothing, for ever. */
        record Silence(long bytes) implements Fault {}

        /** Other bytes of the same length. */
        record Garbage() implements Fault {}

        /** The whole file, though a part was asked for. */
        record NoRanges() implements Fault {}

        /** A header with another value; an empty one is left out. */
        record Header(String name, String value) implements Fault {}

        /** Other bytes as the whole body. */
        record Body(byte[] bytes) implements Fault {}

        /** As if there were no fault. */
        record None() implements Fault {}
    }

    FakeHub(Path folder, int port) throws IOException {
        contents = new HubContents(folder);
        hub = server(port, "hub");
        store = server(0, "store");
    }

    /** Serves a folder at a free port. */
    public static FakeHub start(Path folder) throws IOException {
        return new FakeHub(folder, 0);
    }

    private HttpServer server(int port, String name) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
        server.setExecutor(Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
        server.createContext("/", exchange -> answer(name, exchange));
        server.start();
        return server;
    }

    /** What HF_ENDPOINT is to be. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
    }

    // ---- what tests ask and arrange ----

    List<Seen> seen() {
        return List.copyOf(seen);
    }

    long count(String method, String pathEnd) {
        return seen.stream().filter(s -> s.method().equals(method) && s.path().endsWith(pathEnd)).count();
    }

    /** Bytes of files' contents that were sent, by both servers. */
    public long bytesServed() {
        return bytesServed.get();
    }

    /** The next requests of this kind meet these faults, one after the other. @param pathEnd of the path at the hub */
    FakeHub fails(String method, String pathEnd, Fault... next) {
        faults.put(method + " " + pathEnd, new ArrayDeque<>(List.of(next)));
        return this;
    }

    /** Only who has this token may have the model. */
    public FakeHub gate(String model, String token) {
        gates.put(model, token);
        return this;
    }

    /** Requests for one name are redirected to another, as for gpt2. */
    FakeHub rename(String from, String to) {
        renamed.put(from, to);
        return this;
    }

    /** Serves files no faster than this from now on. */
    public FakeHub slow(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
        return this;
    }

    String commit(String modelAndRevision) throws IOException {
        return contents.commit(contents.model(modelAndRevision));
    }

    String etag(Path file) throws IOException {
        return contents.etag(file);
    }

    // ---- answering ----

    private void answer(String server, HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getRequestHeaders();
            var path = exchange.getRequestURI().getPath();
            seen.add(new Seen(server, exchange.getRequestMethod(), path, Optional.ofNullable(headers.getFirst("Authorization")),
                    Optional.ofNullable(headers.getFirst("Range"))));
            var fault = fault(exchange.getRequestMethod(), path);
            if (fault instanceof Fault.Status(var code, var more)) {
                more.forEach(exchange.getResponseHeaders()::set);
                exchange.sendResponseHeaders(code, -1);
            } else if (fault instanceof Fault.Body(var bytes)) {
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            } else if (server.equals("store")) {
                send(exchange, stored.get(path), fault);
            } else {
                hub(exchange, path, fault);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Fault fault(String method, String path) {
        for (var entry : faults.entrySet()) {
            var space = entry.getKey().indexOf(' ');
            if (!method.equals(entry.getKey().substring(0, space)) || !path.endsWith(entry.getKey().substring(space + 1))) continue;
            synchronized (entry.getValue()) {
                if (!entry.getValue().isEmpty()) return entry.getValue().remove();
            }
        }
        return new Fault.None();
    }

    private void hub(HttpExchange exchange, String path, Fault fault) throws IOException, InterruptedException {
        var api = path.startsWith("/api/models/");
        var rest = api ? path.substring("/api/models/".length()) : path.substring(1);
        var separator = api ? "/revision/" : "/resolve/";
        var cut = rest.indexOf(separator);
        var model = cut < 0 ? rest : rest.substring(0, cut);
        var authorization = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
        if (renamed.containsKey(model)) {
            exchange.getResponseHeaders().set("Location", path.replace("/" + model, "/" + renamed.get(model)));
            exchange.sendResponseHeaders(307, -1);
        } else if (path.equals("/api/models")) {
            search(exchange);
        } else if (!Files.isDirectory(contents.model(model))) {
            refuse(exchange, authorization.isPresent() ? 404 : 401, "RepoNotFound");
        } else if (!api && gates.containsKey(model) && !authorization.equals(Optional.of("Bearer " + gates.get(model)))) {
            refuse(exchange, authorization.isPresent() ? 403 : 401, "GatedRepo");
        } else if (cut < 0) {
            list(exchange, model, contents.model(model));
        } else {
            var tail = rest.substring(cut + separator.length());
            var place = contents.revision(model, api ? tail : tail.substring(0, tail.indexOf('/')));
            if (place.isEmpty()) refuse(exchange, 404, "RevisionNotFound");
            else if (api) list(exchange, model, place.get());
            else file(exchange, place.get(), place.get().resolve(tail.substring(tail.indexOf('/') + 1)), fault);
        }
    }

    private void list(HttpExchange exchange, String model, Path place) throws IOException {
        var sizes = String.valueOf(exchange.getRequestURI().getQuery()).contains("blobs=true");
        write(exchange, contents.card(model, place, gates.containsKey(model)).set("siblings", contents.siblings(place, sizes)));
    }

    /** Two results a page, and the address of the next in a header, as at the hub. */
    private void search(HttpExchange exchange) throws IOException {
        var query = exchange.getRequestURI().getQuery();
        var words = query.replaceAll(".*search=([^&]*).*", "$1").toLowerCase(Locale.ROOT).split("[ +]");
        var from = query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=(\\d+).*", "$1")) : 0;
        var found = contents.models().stream().filter(model -> Stream.of(words).allMatch(model.toLowerCase(Locale.ROOT)::contains))
                .toList();
        var cards = JSON.createArrayNode();
        for (var model : found.subList(Math.min(from, found.size()), Math.min(from + 2, found.size())))
            cards.add(contents.card(model, contents.model(model), gates.containsKey(model)));
        if (from + 2 < found.size()) exchange.getResponseHeaders().set("Link",
                "<" + endpoint() + "/api/models?" + query.replaceAll("&cursor=\\d+", "").replace(' ', '+') + "&cursor=" + (from + 2)
                        + ">; rel=\"next\"");
        write(exchange, cards);
    }

    private static void write(HttpExchange exchange, JsonNode json) throws IOException {
        var bytes = JSON.writeValueAsBytes(json);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void file(HttpExchange exchange, Path place, Path file, Fault fault) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("X-Repo-Commit", contents.commit(place));
        if (!Files.isRegularFile(file)) {
            refuse(exchange, 404, "EntryNotFound");
        } else if (HubContents.isLarge(file)) {
            var address = "/" + etag(file) + "/" + file.getFileName();
            stored.put(address, file);
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + etag(file) + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(Files.size(file)));
            exchange.getResponseHeaders().set("ETag", "\"of-the-redirect\"");
            exchange.getResponseHeaders().set("Location", "http://localhost:" + store.getAddress().getPort() + address + "?signature=1");
            apply(exchange, fault);
            exchange.sendResponseHeaders(302, -1);
        } else {
            exchange.getResponseHeaders().set("ETag", "W/\"" + etag(file) + "\"");
            send(exchange, file, fault);
        }
    }

    private static void apply(HttpExchange exchange, Fault fault) {
        if (!(fault instanceof Fault.Header(var name, var value))) return;
        exchange.getResponseHeaders().remove(name);
        if (!value.isEmpty()) exchange.getResponseHeaders().set(name, value);
    }

    private void send(HttpExchange exchange, Path file, Fault fault) throws IOException, InterruptedException {
        var size = Files.size(file);
        var range = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range")).filter(_ -> !(fault instanceof Fault.NoRanges));
        var asked = range.map(r -> r.substring("bytes=".length()).split("-"));
        var from = asked.map(a -> Long.parseLong(a[0])).orElse(0L);
        var end = asked.filter(a -> a.length > 1).map(a -> Math.min(size, Long.parseLong(a[1]) + 1)).orElse(size);
        if (from > size || end < from) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (range.isPresent()) exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + size);
        exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(size));
            apply(exchange, fault);
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        apply(exchange, fault);
        exchange.sendResponseHeaders(range.isPresent() ? 206 : 200, end - from == 0 ? -1 : end - from);
        var limit = fault instanceof Fault.Cut(var bytes) ? bytes : fault instanceof Fault.Silence(var bytes) ? bytes : Long.MAX_VALUE;
        copy(exchange, file, from, Math.min(limit, end - from), fault instanceof Fault.Garbage);
        if (fault instanceof Fault.Silence) Thread.sleep(60_000);
    }

    private void copy(HttpExchange exchange, Path file, long from, long limit, boolean garbage) throws IOException, InterruptedException {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            var buffer = new byte[1 << 14];
            var left = limit;
            for (int n = in.read(buffer); n > 0 && left > 0; n = in.read(buffer)) {
                var count = (int) Math.min(n, left);
                if (garbage) buffer[0] ^= 1;
                exchange.getResponseBody().write(buffer, 0, count);
                exchange.getResponseBody().flush();
                bytesServed.addAndGet(count);
                left -= count;
                if (bytesPerSecond < Long.MAX_VALUE) Thread.sleep(Math.max(1, count * 1000L / bytesPerSecond));
            }
        }
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getResponseHeaders().set("X-Error-Code", code);
        var body = "{\"error\":\"no\"}".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, exchange.getRequestMethod().equals("HEAD") ? -1 : body.length);
        if (!exchange.getRequestMethod().equals("HEAD")) exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
    }

    /** Serves a folder until it is stopped. */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 2 && arguments.length != 3 && arguments.length != 5) {
            System.err.println("FakeHub FOLDER PORT [BYTES_PER_SECOND [ORG/NAME TOKEN]]");
            System.exit(2);
        }
        try {
            var served = new FakeHub(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
            if (arguments.length > 2) served.slow(Long.parseLong(arguments[2]));
            if (arguments.length > 3) served.gate(arguments[3], arguments[4]);
            System.out.println("HF_ENDPOINT=" + served.endpoint());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.currentThread().join();
    }
}
