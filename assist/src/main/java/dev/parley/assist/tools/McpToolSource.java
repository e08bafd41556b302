package dev.parley.assist.tools;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.tools.Tool;
import io.modelcontextprotocol.spec.McpError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The tools of an MCP server. It is connected to when it is first asked for something, and anew when it is gone. Whatever it does (hangs,
 * ends, floods, writes what is no message) costs a call, which comes to an error in a sentence.
 *
 * <pre>{@code
 * var config = new McpServerConfig.Stdio("files", "npx", List.of("-y", "@modelcontextprotocol/server-filesystem", "notes"));
 * try (var files = new McpToolSource(config, McpToolSource.Limits.DEFAULT)) {
 *     var result = files.call("read_file", arguments);
 * }
 * }</pre>
 */
public final class McpToolSource implements ToolSource {

    /**
     * What a server may cost.
     *
     * @param connect time to start it and shake hands, and to list its tools
     * @param call time of a call
     * @param resultCharacters of a result that are kept
     * @param tools that are taken of it
     * @param retry time in which a server that could not be connected to is not tried again
     */
    public record Limits(Duration connect, Duration call, int resultCharacters, int tools, Duration retry) {

        /** 15 s to connect, 60 s for a call, 20,000 characters, 128 tools, tried again after 30 s. */
        public static final Limits DEFAULT = new Limits(Duration.ofSeconds(15), Duration.ofSeconds(60), 20_000, 128,
                Duration.ofSeconds(30));

        /** The same but for the time of a call. */
        public Limits withCall(Duration time) {
            return new Limits(connect, time, resultCharacters, tools, retry);
        }

        Duration longest() {
            return connect.compareTo(call) > 0 ? connect : call;
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
    private static final int HUNG = 2; // calls in a row without an answer, after which it is started anew

    private final McpServerConfig config;
    private final Limits limits;
    private Optional<McpConnection> connection = Optional.empty();
    private ServerTools tools = ServerTools.NONE;
    private Optional<String> problem = Optional.empty();
    private String lastWords = "";
    private long retryAt;
    private int unanswered;
    private boolean closed;

    /** A server that is not connected to yet. Its own time limit for calls, where its configuration names one, comes before the other. */
    public McpToolSource(McpServerConfig config, Limits limits) {
        this.config = config;
        this.limits = config.timeout().map(limits::withCall).orElse(limits);
    }

    @Override
    public String name() {
        return config.name();
    }

    /** The tools that it offers now; none if it cannot be connected to, which {@link #problem()} then says. */
    @Override
    public List<Tool> tools() {
        return connected().isPresent() ? current().tools() : List.of();
    }

    /** Why it could not be connected to the last time, in a sentence; empty if it could, or has not been asked for anything. */
    public synchronized Optional<String> problem() {
        return problem;
    }

    /** What had to be left out or changed of the tools that it offers, in sentences. */
    public List<String> notes() {
        return current().notes();
    }

    /** The last that a program wrote to its standard error, also when it is gone; empty for a server behind an address. */
    public synchronized String standardError() {
        return connection.flatMap(McpConnection::program).map(StdioTransport::standardError).orElse(lastWords);
    }

    private synchronized ServerTools current() {
        return tools;
    }

    @Override
    public ToolResult call(String tool, ObjectNode arguments) {
        var session = connected();
        if (session.isEmpty()) return fault(problem().orElse("The MCP server " + name() + " is closed."));
        var serverName = current().serverNames().get(tool);
        if (serverName == null) return fault("The MCP server " + name() + " has no tool " + UntrustedText.line(tool, 64) + ".");
        try {
            var result = session.get().call(serverName, JSON.convertValue(arguments, MAP), limits.call());
            answered();
            return ResultText.of(result, limits.resultCharacters());
        } catch (RuntimeException e) {
            return fault(why(e, session.get(), limits.call()));
        }
    }

    private static ToolResult fault(String sentence) {
        return new ToolResult(sentence, true);
    }

    // ---- the connection ----

    /** The session, which is opened if there is none; empty if it cannot be. Others who ask meanwhile wait. */
    private synchronized Optional<McpConnection> connected() {
        if (connection.flatMap(McpConnection::gone).isPresent()) disconnect();
        if (closed || problem.isPresent() && System.nanoTime() < retryAt) return Optional.empty();
        try {
            if (connection.isEmpty()) {
                connection = Optional.of(new McpConnection(config, limits));
                connection.get().open(limits.connect());
                tools = list(connection.get());
            } else if (connection.get().toolsChanged()) {
                tools = list(connection.get());
            }
            problem = Optional.empty();
        } catch (RuntimeException e) {
            problem = Optional.of(whyNot(e));
            retryAt = System.nanoTime() + limits.retry().toNanos();
            disconnect();
        }
        return connection;
    }

    private ServerTools list(McpConnection session) {
        return ServerTools.of(session.tools(limits.tools(), limits.connect()), limits.tools());
    }

    private void disconnect() {
        connection.ifPresent(McpConnection::close);
        lastWords = standardError();
        connection = Optional.empty();
        unanswered = 0;
    }

    private synchronized void answered() {
        unanswered = 0;
    }

    /** A server that leaves several calls in a row without an answer is started anew for the next. */
    private synchronized void unanswered(McpConnection session) {
        unanswered++;
        if (unanswered >= HUNG && connection.filter(current -> current == session).isPresent()) disconnect();
    }

    // ---- what went wrong ----

    private String why(RuntimeException e, McpConnection session, Duration limit) {
        if (session.gone().isPresent()) return told(session.gone().get());
        if (causes(e).anyMatch(cause -> cause instanceof TimeoutException)) {
            var stray = session.program().map(StdioTransport::strayLines).orElse(0);
            unanswered(session);
            return "The MCP server " + name() + " had not answered within " + seconds(limit)
                    + (stray == 0 ? "." : "; it wrote " + stray + " lines that are no messages.");
        }
        if (causes(e).anyMatch(cause -> cause instanceof InterruptedException)) return "The call was stopped.";
        return causes(e).filter(cause -> cause instanceof McpError).findFirst()
                .map(error -> told("The MCP server " + name() + " refused it: " + error.getMessage()))
                .orElseGet(() -> told("The MCP server " + name() + " gave no usable answer: " + message(e)));
    }

    private String whyNot(RuntimeException e) {
        var gone = connection.flatMap(McpConnection::gone);
        if (gone.isPresent()) return told(gone.get());
        if (causes(e).anyMatch(cause -> cause instanceof TimeoutException)) {
            var last = standardError().lines().reduce((a, b) -> b).map(line -> " (" + line + ")").orElse("");
            return told("The MCP server " + name() + " did not shake hands within " + seconds(limits.connect()) + last + ".");
        }
        return told("The MCP server " + name() + " cannot be used: " + message(e));
    }

    /** What the innermost cause says: the outer ones only say where it passed. */
    private static String message(Throwable e) {
        var last = causes(e).reduce((outer, inner) -> inner).orElseThrow();
        return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
    }

    private static Stream<Throwable> causes(Throwable e) {
        return Stream.iterate(e, cause -> cause != null, Throwable::getCause).limit(20);
    }

    private String told(String sentence) {
        return UntrustedText.line(config.withoutSecrets(sentence), 500);
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** Ends the session, and a program with all that it has started. */
    @Override
    public synchronized void close() {
        closed = true;
        disconnect();
    }
}
