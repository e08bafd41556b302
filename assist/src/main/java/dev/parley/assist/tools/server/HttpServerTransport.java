package dev.parley.assist.tools.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import reactor.core.publisher.Mono;

/** Streamable HTTP over the JDK's server, at {@code /mcp} of the loopback address. The SDK's own needs a servlet container. */
final class HttpServerTransport implements McpStreamableServerTransportProvider {

    private static final int LARGEST_BODY = 4 << 20;
    private static final int MOST_SESSIONS = 256;
    private static final String SESSION = "Mcp-Session-Id";
    private static final McpJsonMapper JSON = McpJsonDefaults.getMapper();

    /** One client. */
    private record Client(McpStreamableServerSession session, RunningCalls calls) {}

    private final HttpServer server;
    private final HttpGate gate;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Client> clients = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Client> eldest) {
            return size() > MOST_SESSIONS; // clients that go without a word; one that comes back begins anew
        }
    });
    private Optional<McpStreamableServerSession.Factory> factory = Optional.empty();

    /**
     * @param port 0 for one that is free
     */
    HttpServerTransport(int port, HttpGate gate) throws IOException {
        this.gate = gate;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/mcp", this::handle);
    }

    @Override
    public void setSessionFactory(McpStreamableServerSession.Factory sessionFactory) {
        factory = Optional.of(sessionFactory);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var refusal = gate.refusal(exchange.getRequestHeaders());
            if (refusal.isPresent()) {
                if (refusal.getAsInt() == 401) exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
                status(exchange, refusal.getAsInt());
            } else if (!exchange.getRequestURI().getPath().equals("/mcp")) {
                status(exchange, 404);
            } else {
                switch (exchange.getRequestMethod()) {
                    case "POST" -> post(exchange);
                    case "DELETE" -> delete(exchange);
                    default -> {
                        exchange.getResponseHeaders().set("Allow", "POST, DELETE"); // there is no stream beside those of requests
                        status(exchange, 405);
                    }
                }
            }
        }
    }

    private void post(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        var version = exchange.getRequestHeaders().getFirst("MCP-Protocol-Version");
        if (body.length > LARGEST_BODY) {
            status(exchange, 413);
        } else if (version != null && !protocolVersions().contains(version)) {
            fault(exchange, ErrorCodes.INVALID_REQUEST, "This version of the protocol is not spoken.");
        } else {
            var message = message(body);
            if (message.isPresent()) take(exchange, message.get());
            else fault(exchange, ErrorCodes.INVALID_REQUEST, "This is no JSON-RPC 2.0 message.");
        }
    }

    private static Optional<JSONRPCMessage> message(byte[] body) {
        try {
            return Optional.of(McpSchema.deserializeJsonRpcMessage(JSON, new String(body, StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void take(HttpExchange exchange, JSONRPCMessage message) throws IOException {
        if (message instanceof JSONRPCRequest request && request.method().equals(McpSchema.METHOD_INITIALIZE)) {
            begin(exchange, request);
            return;
        }
        var client = client(exchange);
        if (client.isEmpty()) return;
        switch (message) {
            case JSONRPCRequest request -> answer(exchange, client.get(), request);
            case JSONRPCNotification cancelled when cancelled.method().equals("notifications/cancelled") -> {
                if (cancelled.params() instanceof Map<?, ?> map && map.get("requestId") != null)
                    client.get().calls.cancel(map.get("requestId"));
                status(exchange, 202);
            }
            case JSONRPCNotification notification -> {
                client.get().session.accept(notification).onErrorComplete().block();
                status(exchange, 202);
            }
            default -> status(exchange, 202); // an answer, to nothing that was asked
        }
    }

    /** The client that a request's header names; if it is none, that has been answered. */
    private Optional<Client> client(HttpExchange exchange) throws IOException {
        var id = exchange.getRequestHeaders().getFirst(SESSION);
        var client = id == null ? null : clients.get(id);
        if (client == null) status(exchange, id == null ? 400 : 404);
        return Optional.ofNullable(client);
    }

    private void begin(HttpExchange exchange, JSONRPCRequest request) throws IOException {
        var started = factory.orElseThrow().startSession(JSON.convertValue(request.params(), McpSchema.InitializeRequest.class));
        clients.put(started.session().getId(), new Client(started.session(), new RunningCalls()));
        exchange.getResponseHeaders().set(SESSION, started.session().getId());
        json(exchange, 200, JSONRPCResponse.result(request.id(), started.initResult().block()));
    }

    private static void answer(HttpExchange exchange, Client client, JSONRPCRequest request) throws IOException {
        var stream = new EventStream(exchange, client.calls);
        client.session.responseStream(stream).handle(request)
                .contextWrite(context -> context.put(McpTransportContext.KEY,
                        McpTransportContext.create(Map.of(RunningCalls.Call.KEY, client.calls.begin(request.id())))))
                .onErrorComplete().block();
        stream.end();
    }

    private void delete(HttpExchange exchange) throws IOException {
        var client = client(exchange);
        if (client.isEmpty()) return;
        clients.remove(exchange.getRequestHeaders().getFirst(SESSION));
        client.get().calls.cancelAll();
        client.get().session.delete().onErrorComplete().block();
        status(exchange, 200);
    }

    private static void fault(HttpExchange exchange, int code, String sentence) throws IOException {
        json(exchange, 400, Map.of("jsonrpc", McpSchema.JSONRPC_VERSION, "error", Map.of("code", code, "message", sentence)));
    }

    private static void json(HttpExchange exchange, int status, Object body) throws IOException {
        var bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void status(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }

    @Override
    public List<String> protocolVersions() {
        return StdioServerTransport.VERSIONS;
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
        return Mono.empty(); // the tools stay the same
    }

    @Override
    public Mono<Void> notifyClient(String sessionId, String method, Object params) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(() -> {
            List.copyOf(clients.values()).forEach(client -> client.calls.cancelAll());
            server.stop(0);
            threads.shutdown();
        });
    }
}
