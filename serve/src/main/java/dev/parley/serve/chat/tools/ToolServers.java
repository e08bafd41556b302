package dev.parley.serve.chat.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.tools.McpToolSource;
import dev.parley.assist.tools.ToolResult;
import dev.parley.assist.tools.ToolSource;
import dev.parley.generate.tools.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The MCP servers that a server's operator offers in the web chat. Which tools they have is found out in the background, so that one that
 * hangs costs the calls of it, and no answer its time.
 */
public final class ToolServers implements AutoCloseable {

    /** None at all. */
    public static final ToolServers NONE = new ToolServers(List.of(), Set.of());

    private static final Duration FRESH = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(3); // of a turn, for a server that was never heard of

    private final Map<String, Known> servers = new LinkedHashMap<>();
    private final Set<String> allowed;

    /**
     * Servers, which are connected to in the background.
     *
     * @param servers closed with this
     * @param allowed {@code server/tool} or {@code server/*}, which need nobody's consent
     */
    public ToolServers(List<McpToolSource> servers, Set<String> allowed) {
        servers.forEach(server -> this.servers.put(server.name(), new Known(server)));
        this.allowed = Set.copyOf(allowed);
    }

    /** Asks all servers for their tools, in the background. */
    void refresh() {
        servers.values().forEach(Known::refresh);
    }

    /** What is known of a server now. */
    record Listing(String name, boolean connecting, List<Tool> tools, Optional<String> problem, List<String> notes) {}

    /** What is known of all servers; those that were not asked for a while are asked again. */
    List<Listing> listings() {
        return servers.values().stream().map(Known::listing).toList();
    }

    /** Whether a call needs nobody's consent. */
    boolean allows(String server, String tool) {
        return allowed.contains(server + "/" + tool) || allowed.contains(server + "/*");
    }

    /** The servers of some names, without those that there are not. They stay this one's. */
    List<ToolSource> chosen(List<String> names) {
        var chosen = new ArrayList<ToolSource>();
        for (var name : names) Optional.ofNullable(servers.get(name)).ifPresent(chosen::add);
        return chosen;
    }

    @Override
    public void close() {
        servers.values().stream().map(known -> Thread.startVirtualThread(known.server::close)).toList().forEach(closing -> {
            try {
                closing.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** A server with the tools that it had when it was last asked. */
    private static final class Known implements ToolSource {

        private final McpToolSource server;
        private Optional<CompletableFuture<Void>> asking = Optional.empty();
        private volatile Optional<Listing> last = Optional.empty();
        private long askedAt;

        Known(McpToolSource server) {
            this.server = server;
        }

        @Override
        public String name() {
            return server.name();
        }

        private synchronized CompletableFuture<Void> refresh() {
            if (asking.isPresent()) return asking.get();
            if (last.isPresent() && System.nanoTime() - askedAt < FRESH.toNanos()) return CompletableFuture.completedFuture(null);
            var asked = new CompletableFuture<Void>();
            asking = Optional.of(asked);
            Thread.ofVirtual().name("parley-tools-" + name()).start(() -> ask(asked));
            return asked;
        }

        private void ask(CompletableFuture<Void> asked) {
            try {
                var tools = server.tools();
                last = Optional.of(new Listing(name(), false, tools, server.problem(), server.notes()));
            } catch (RuntimeException | Error e) { // a fault of ours, or no memory: it is told, and tried again
                last = Optional.of(new Listing(name(), false, List.of(),
                        Optional.of("The MCP server " + name() + " cannot be used: " + e.getMessage()), List.of()));
            } finally {
                synchronized (this) {
                    askedAt = System.nanoTime();
                    asking = Optional.empty();
                }
                asked.complete(null);
            }
        }

        /** What was found out last: nobody waits here for a server that is being connected to. */
        Listing listing() {
            refresh();
            return last.orElseGet(() -> new Listing(name(), true, List.of(), Optional.empty(), List.of()));
        }

        @Override
        public List<Tool> tools() {
            var asked = refresh();
            if (last.isPresent()) return last.get().tools();
            try {
                asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // its tools are offered in a later answer
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return last.map(Listing::tools).orElse(List.of());
        }

        @Override
        public ToolResult call(String tool, ObjectNode arguments) {
            return server.call(tool, arguments);
        }

        @Override
        public void close() {
            // the operator's, not a turn's
        }
    }
}
