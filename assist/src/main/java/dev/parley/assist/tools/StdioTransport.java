package dev.parley.assist.tools;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Messages to and from a program, one a line. The SDK's own transport stops reading at the first line that is no message, and says nothing
 * when the program ends; this one skips such lines, counts what it reads, and tells of the end at once.
 */
final class StdioTransport implements McpClientTransport {

    private static final int LONGEST_LINE = 8 << 20;
    private static final long MOST_BYTES = 32 << 20; // in answer to one message
    private static final int MOST_STRAY_LINES = 1000;
    private static final int MOST_UNREAD = 256;

    private final McpServerConfig.Stdio config;
    private final Consumer<String> onEnd;
    private final BlockingQueue<byte[]> unread = new ArrayBlockingQueue<>(MOST_UNREAD);
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<String> fault = new AtomicReference<>();
    private volatile Optional<ServerProcess> process = Optional.empty();
    private volatile int strayLines;

    /**
     * @param onEnd is told once, in a sentence, why no more messages will come
     */
    StdioTransport(McpServerConfig.Stdio config, Consumer<String> onEnd) {
        this.config = config;
        this.onEnd = onEnd;
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        return Mono.fromRunnable(() -> {
            try {
                process = Optional.of(ServerProcess.start(config));
            } catch (IOException e) {
                end("The MCP server " + config.name() + " cannot be started: the program " + config.command()
                        + " is not there or cannot be run.");
                return;
            }
            Thread.ofPlatform().daemon().name("mcp-read " + config.name()).start(() -> read(process.get(), handler));
            Thread.ofPlatform().daemon().name("mcp-write " + config.name()).start(() -> write(process.get()));
        });
    }

    private void read(ServerProcess server, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        try (var in = new BufferedInputStream(server.output(), 1 << 16)) {
            for (var line = line(in); line.isPresent(); line = line(in)) take(line.get(), handler);
            end("The MCP server " + config.name() + " ended" + server.exit() + ".");
        } catch (IOException e) {
            end("The MCP server " + config.name() + " was cut off: " + e.getMessage() + ".");
        }
        server.kill();
    }

    private void take(String line, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) throws IOException {
        if (line.isBlank()) return;
        JSONRPCMessage message;
        try {
            message = McpSchema.deserializeJsonRpcMessage(McpJsonDefaults.getMapper(), line);
        } catch (IOException | RuntimeException e) {
            strayLines++; // many servers print a greeting, or their log
            if (strayLines > MOST_STRAY_LINES) throw new IOException("it wrote " + strayLines + " lines that are no messages", e);
            return;
        }
        handler.apply(Mono.just(message)).subscribe(taken -> {}, failed -> strayLines++);
    }

    /** The next line, of the bytes that may come until the next message is sent. */
    private Optional<String> line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (var b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) return line.size() == 0 ? Optional.empty() : Optional.of(line.toString(StandardCharsets.UTF_8));
            if (line.size() >= LONGEST_LINE) throw new IOException("it wrote a line of more than " + (LONGEST_LINE >> 20) + " MiB");
            line.write(b);
        }
        if (bytes.addAndGet(line.size() + 1L) > MOST_BYTES)
            throw new IOException("it wrote more than " + (MOST_BYTES >> 20) + " MiB without being asked anew");
        return Optional.of(line.toString(StandardCharsets.UTF_8));
    }

    private void write(ServerProcess server) {
        try (var out = server.input()) {
            while (fault.get() == null) {
                out.write(unread.take());
                out.flush();
            }
        } catch (IOException e) {
            // it reads no more; the reader's thread says why
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.fromRunnable(() -> {
            if (fault.get() != null) throw new IllegalStateException(fault.get());
            bytes.set(0);
            if (!unread.offer(line(message))) {
                end("The MCP server " + config.name() + " does not read what it is sent.");
                process.ifPresent(ServerProcess::kill);
                throw new IllegalStateException(fault.get());
            }
        });
    }

    /** JSON as the SDK writes it has no line ends inside. */
    private static byte[] line(JSONRPCMessage message) {
        try {
            return (McpJsonDefaults.getMapper().writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("A message cannot be written: " + e.getMessage() + ".", e);
        }
    }

    private void end(String why) {
        if (fault.compareAndSet(null, why)) onEnd.accept(why);
        unread.clear();
        unread.offer(new byte[0]); // wakes the writer
    }

    /** How many lines came that are no messages. */
    int strayLines() {
        return strayLines;
    }

    /** The last that the program wrote to its standard error. */
    String standardError() {
        return process.map(ServerProcess::standardError).orElse("");
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(() -> {
            end("The connection to the MCP server " + config.name() + " was closed.");
            process.ifPresent(ServerProcess::end);
        });
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return McpJsonDefaults.getMapper().convertValue(data, type);
    }
}
