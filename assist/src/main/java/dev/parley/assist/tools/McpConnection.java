package dev.parley.assist.tools;

import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** A session with a server, from the handshake to its end. */
final class McpConnection implements AutoCloseable {

    private static final int LARGEST_ANSWER = 8 << 20;
    private static final Duration TO_CLOSE = Duration.ofSeconds(5);
    private static final int MOST_PAGES = 20;

    private final WatchedTransport transport;
    private final McpAsyncClient client;
    private volatile boolean toolsChanged;

    /** A session that is not open yet. */
    McpConnection(McpServerConfig config, McpToolSource.Limits limits) {
        transport = new WatchedTransport(onEnd -> transport(config, limits, onEnd), () -> toolsChanged = true);
        client = McpClient.async(transport).clientInfo(McpSchema.Implementation.builder("parley", version()).build())
                .requestTimeout(limits.longest()).initializationTimeout(limits.connect()).build();
    }

    /**
     * Connects and shakes hands.
     *
     * @throws RuntimeException if the server cannot be reached, or does not speak the protocol in time
     */
    void open(Duration limit) {
        client.initialize().timeout(limit).block();
    }

    private static McpClientTransport transport(McpServerConfig config, McpToolSource.Limits limits, Consumer<String> onEnd) {
        return switch (config) {
            case McpServerConfig.Stdio stdio -> new StdioTransport(stdio, onEnd);
            case McpServerConfig.Http http -> {
                var endpoint = (http.url().getRawPath().isEmpty() ? "/" : http.url().getRawPath())
                        + (http.url().getRawQuery() == null ? "" : "?" + http.url().getRawQuery());
                yield HttpClientStreamableHttpTransport.builder(base(http.url())).endpoint(endpoint).connectTimeout(limits.connect())
                        .customizeClient(client -> client.followRedirects(HttpClient.Redirect.NEVER)) // headers are for this server alone
                        .maxResponseSize(LARGEST_ANSWER).openConnectionOnStartup(false).resumableStreams(false)
                        .addHttpRequestCustomizer((request, method, uri, body, context) -> http.headers().forEach(request::setHeader))
                        .build();
            }
        };
    }

    private static String base(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    private static String version() {
        return Optional.ofNullable(McpConnection.class.getPackage().getImplementationVersion()).orElse("0.1.0");
    }

    /** Whether the server said that it has other tools than those listed last. */
    boolean toolsChanged() {
        return toolsChanged;
    }

    /** Why the session is over, if it is. */
    Optional<String> gone() {
        return transport.gone();
    }

    /** The tools, page by page, until there are enough. */
    List<McpSchema.Tool> tools(int most, Duration limit) {
        toolsChanged = false;
        var end = System.nanoTime() + limit.toNanos();
        var tools = new ArrayList<McpSchema.Tool>();
        var cursor = McpSchema.FIRST_PAGE;
        for (int page = 0; page < MOST_PAGES && tools.size() <= most; page++) {
            var listed = wait(client.listTools(cursor), Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            if (listed.tools() != null) tools.addAll(listed.tools());
            cursor = listed.nextCursor();
            if (cursor == null || cursor.isEmpty()) break;
        }
        return tools;
    }

    /** Calls a tool. Whoever interrupts the thread cancels the call. */
    McpSchema.CallToolResult call(String tool, Map<String, Object> arguments, Duration limit) {
        return wait(client.callTool(McpSchema.CallToolRequest.builder(tool).arguments(arguments).build()), limit);
    }

    private <T> T wait(Mono<T> answer, Duration limit) {
        var call = new WatchedTransport.Call();
        try {
            return answer.timeout(limit).contextWrite(context -> context.put(WatchedTransport.Call.class, call)).block();
        } catch (RuntimeException e) {
            transport.cancel(call, "Nobody waits for it any more.");
            throw e;
        }
    }

    /** What is known of a program beside its answers: stray lines, and its standard error. */
    Optional<StdioTransport> program() {
        return transport.watched() instanceof StdioTransport stdio ? Optional.of(stdio) : Optional.empty();
    }

    @Override
    public void close() {
        try {
            client.closeGracefully().then(transport.closeGracefully()).block(TO_CLOSE);
        } catch (RuntimeException e) {
            // a server that does not say goodbye is gone all the same
        }
    }
}
