package dev.parley.assist.tools;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * A transport of the SDK with what its client leaves out: requests that wait are failed when the server is gone, and a server is told when
 * nobody waits for a call any more.
 */
final class WatchedTransport implements McpClientTransport {

    /** In Reactor's context of a call: takes the id of its request. */
    static final class Call {
        private final AtomicReference<Object> request = new AtomicReference<>();
    }

    private static final int GONE = -32000;
    private static final String TOOLS_CHANGED = "notifications/tools/list_changed";

    private final McpClientTransport transport;
    private final Runnable onToolsChanged;
    private final Set<Object> waiting = ConcurrentHashMap.newKeySet();
    private volatile Optional<Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>>> client = Optional.empty();
    private volatile Optional<String> gone = Optional.empty();

    /**
     * @param of makes the transport, given whom to tell, in a sentence, that the server is gone
     * @param onToolsChanged told when the server says that it has other tools now
     */
    WatchedTransport(Function<Consumer<String>, McpClientTransport> of, Runnable onToolsChanged) {
        this.onToolsChanged = onToolsChanged;
        transport = of.apply(this::fail);
    }

    private void fail(String why) {
        gone = Optional.of(why);
        client.ifPresent(handler -> List.copyOf(waiting).forEach(id -> fail(handler, id, why)));
    }

    private void fail(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler, Object id, String why) {
        if (!waiting.remove(id)) return;
        var answer = JSONRPCResponse.error(id, new JSONRPCResponse.JSONRPCError(GONE, why));
        handler.apply(Mono.just(answer)).subscribe(taken -> {}, failed -> {});
    }

    /** Why no more messages will come, if so. */
    Optional<String> gone() {
        return gone;
    }

    /** The transport that is watched. */
    McpClientTransport watched() {
        return transport;
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        client = Optional.of(handler);
        return transport.connect(messages -> messages.flatMap(message -> taken(message, handler)));
    }

    private Mono<JSONRPCMessage> taken(JSONRPCMessage message, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        if (message instanceof JSONRPCNotification notification) {
            // The SDK's client would list all tools for each, which a server could keep it busy with.
            if (notification.method().equals(TOOLS_CHANGED)) onToolsChanged.run();
            return Mono.empty();
        }
        if (message instanceof JSONRPCResponse response && response.id() != null) waiting.remove(response.id());
        return handler.apply(Mono.just(message));
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        if (!(message instanceof JSONRPCRequest request)) return transport.sendMessage(message);
        return Mono.deferContextual(context -> {
            context.<Call>getOrEmpty(Call.class).ifPresent(call -> call.request.set(request.id()));
            waiting.add(request.id());
            return transport.sendMessage(message).doOnError(failed -> waiting.remove(request.id()));
        });
    }

    /** Tells the server that nobody waits for a call any more. */
    void cancel(Call call, String reason) {
        var id = call.request.get();
        if (id == null || !waiting.remove(id)) return;
        var notification = new JSONRPCNotification(McpSchema.JSONRPC_VERSION, "notifications/cancelled",
                Map.of("requestId", id, "reason", reason));
        transport.sendMessage(notification).subscribe(sent -> {}, failed -> {});
    }

    @Override
    public void setExceptionHandler(Consumer<Throwable> handler) {
        transport.setExceptionHandler(handler);
    }

    @Override
    public List<String> protocolVersions() {
        return transport.protocolVersions();
    }

    @Override
    public Mono<Void> closeGracefully() {
        return transport.closeGracefully();
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return transport.unmarshalFrom(data, type);
    }
}
