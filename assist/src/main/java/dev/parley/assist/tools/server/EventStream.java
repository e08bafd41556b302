package dev.parley.assist.tools.server;

import com.sun.net.httpserver.HttpExchange;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import reactor.core.publisher.Mono;

/** The messages that belong to one request, as server-sent events, the last of which is its answer. */
final class EventStream implements McpStreamableServerTransport {

    private final HttpExchange exchange;
    private final RunningCalls calls;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean begun;

    EventStream(HttpExchange exchange, RunningCalls calls) {
        this.exchange = exchange;
        this.calls = calls;
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message, String messageId) {
        return Mono.fromRunnable(() -> {
            if (message instanceof JSONRPCResponse response && response.id() != null && !calls.end(response.id())) return;
            lock.lock();
            try {
                begin();
                var json = McpJsonDefaults.getMapper().writeValueAsString(message);
                exchange.getResponseBody().write(("event: message\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            } catch (IOException e) {
                calls.cancelAll(); // the client is gone
            } finally {
                lock.unlock();
            }
        });
    }

    private void begin() throws IOException {
        if (begun) return;
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.getResponseHeaders().set("Cache-Control", "no-cache");
        exchange.sendResponseHeaders(200, 0);
        begun = true;
    }

    /** Ends it, without an event if the request was called off. */
    void end() throws IOException {
        lock.lock();
        try {
            begin();
            exchange.getResponseBody().close(); // without this an empty stream would look cut off
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return sendMessage(message, "");
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.empty(); // whoever handles the request closes its connection
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return McpJsonDefaults.getMapper().convertValue(data, type);
    }
}
