package dev.parley.assist.tools.server;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Messages of one client over a pair of streams, one a line. The SDK's own transport ends at the first line that is no message and knows no
 * cancelling; this one answers such a line as JSON-RPC says, and lets a client call off what it waits for.
 */
final class StdioServerTransport implements McpServerTransportProvider, McpServerTransport {

    /** Of the protocol that are spoken. */
    static final List<String> VERSIONS = List.of(ProtocolVersions.MCP_2024_11_05, ProtocolVersions.MCP_2025_03_26,
            ProtocolVersions.MCP_2025_06_18, ProtocolVersions.MCP_2025_11_25);

    private static final int LONGEST_LINE = 16 << 20;
    private static final McpJsonMapper JSON = McpJsonDefaults.getMapper();

    private final OutputStream out;
    private final RunningCalls calls = new RunningCalls();
    private Optional<McpServerSession> session = Optional.empty();
    private boolean introduced;
    private boolean initialized;

    StdioServerTransport(OutputStream out) {
        this.out = out;
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory factory) {
        session = Optional.of(factory.create(this));
    }

    /** Takes messages until there are no more; what is still worked on is then called off. */
    void run(InputStream in) throws IOException {
        try {
            for (var line = line(in); line.isPresent(); line = line(in)) {
                if (!line.get().isBlank()) take(line.get());
            }
        } finally {
            calls.cancelAll();
        }
    }

    private Optional<String> line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (var b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) return line.size() == 0 ? Optional.empty() : Optional.of(line.toString(StandardCharsets.UTF_8));
            if (line.size() <= LONGEST_LINE) line.write(b); // the rest is read and dropped
        }
        return Optional.of(line.toString(StandardCharsets.UTF_8));
    }

    private void take(String line) {
        if (line.length() > LONGEST_LINE) {
            refuse(null, ErrorCodes.INVALID_REQUEST, "A message has " + (LONGEST_LINE >> 20) + " MiB at most.");
            return;
        }
        try {
            JSON.readValue(line, Object.class);
        } catch (IOException | RuntimeException e) {
            refuse(null, ErrorCodes.PARSE_ERROR, "This line is no JSON.");
            return;
        }
        try {
            take(McpSchema.deserializeJsonRpcMessage(JSON, line));
        } catch (IOException | RuntimeException e) {
            refuse(null, ErrorCodes.INVALID_REQUEST, "This is no JSON-RPC 2.0 message.");
        }
    }

    private void take(JSONRPCMessage message) {
        switch (message) {
            case JSONRPCNotification cancelled when cancelled.method().equals("notifications/cancelled") -> {
                if (cancelled.params() instanceof Map<?, ?> map && map.get("requestId") != null) calls.cancel(map.get("requestId"));
            }
            case JSONRPCRequest request when request.id() == null -> refuse(null, ErrorCodes.INVALID_REQUEST, "A request needs an id.");
            case JSONRPCRequest request when !mayAsk(request) -> refuse(request.id(), ErrorCodes.INVALID_REQUEST, introduced
                    ? "Send notifications/initialized before other requests." : "Send initialize before other requests.");
            case JSONRPCRequest request -> handle(message, Map.of(RunningCalls.Call.KEY, calls.begin(request.id())));
            default -> handle(message, Map.of());
        }
    }

    /** The SDK lets a request wait, without a word, for a handshake that may never come. */
    private boolean mayAsk(JSONRPCRequest request) {
        if (!request.method().equals(McpSchema.METHOD_INITIALIZE)) return initialized;
        introduced = true;
        return true;
    }

    private void handle(JSONRPCMessage message, Map<String, Object> context) {
        if (message instanceof JSONRPCNotification n && n.method().equals(McpSchema.METHOD_NOTIFICATION_INITIALIZED))
            initialized = introduced;
        session.orElseThrow().handle(message)
                .contextWrite(reactor -> reactor.put(McpTransportContext.KEY, McpTransportContext.create(context)))
                .subscribe(done -> {}, failed -> {}); // a request's failure has been answered by then
    }

    private void refuse(Object id, int code, String why) {
        var answer = new LinkedHashMap<String, Object>(); // the SDK writes no null, which the id of an unread request is
        answer.put("jsonrpc", McpSchema.JSONRPC_VERSION);
        answer.put("id", id);
        answer.put("error", Map.of("code", code, "message", why));
        write(answer);
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.fromRunnable(() -> {
            if (message instanceof JSONRPCResponse response && response.id() != null && !calls.end(response.id())) return;
            write(message);
        });
    }

    private synchronized void write(Object message) {
        try {
            out.write((JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            calls.cancelAll(); // nobody reads the answers any more
        }
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
        return session.map(one -> one.sendNotification(method, params)).orElse(Mono.empty());
    }

    @Override
    public Mono<Void> notifyClient(String sessionId, String method, Object params) {
        return notifyClients(method, params);
    }

    @Override
    public List<String> protocolVersions() {
        return VERSIONS;
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(calls::cancelAll);
    }

    @Override
    public void close() {
        calls.cancelAll();
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return JSON.convertValue(data, type);
    }
}
