package dev.parley.cli;

import dev.parley.assist.tools.server.AskedModel;
import dev.parley.assist.tools.server.ParleyMcpServer;
import dev.parley.cli.knowledge.EmbedderOption;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.model.Backend;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code parley mcp serve}: a knowledge base and a model for other programs. */
@Command(name = "serve", description = "Be an MCP server: over standard input and output, for a program that starts it, or by HTTP.",
        footer = {"",
            "Offers search_knowledge and read_passage with --index, and ask_model with --model; docs/mcp.md says how to enter it in",
            "other programs. Standard output carries the protocol alone.", "", "Example:",
            "  ./parley mcp serve --index my-index --model my-model"})
final class McpServeCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--index", paramLabel = "DIR", description = "The folder of an index that ./parley knowledge index made.")
    private Path index;

    @Option(names = "--model", paramLabel = "DIR|ORG/NAME",
            description = "A model folder or .gguf file, or a model of the hub, org/name, org/name:QUANT or org/name@revision, "
                    + "downloaded on first use.")
    private String model;

    @Option(names = "--http", paramLabel = "PORT", description = {"Listen at this port of this machine, by streamable HTTP,",
        "instead of standard input; 0 for a free one."})
    private Integer port;

    @Option(names = "--token-file", paramLabel = "FILE", description = "With --http: a file with the token that requests must carry.")
    private Path tokenFile;

    @Mixin
    private EngineOptions engine;

    McpServeCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (index == null && model == null) throw new WrongUsage("Name what shall be served: --index DIR, --model DIR, or both.");
        if (engine.engine == Backend.TORCH)
            throw new WrongUsage("A server runs models with the Java engine, which can batch continuously; leave out --engine torch.");
        engine.engine = Backend.JAVA;
        System.setOut(System.err); // what a library prints must not get between messages
        if (tokenFile != null && port == null)
            throw new WrongUsage("--token-file goes with --http; over standard input there is no need of it.");
        try (var knowledge = knowledge(); var served = served()) {
            var server = new ParleyMcpServer(knowledge.named(), served.named(), VersionProvider.text());
            if (port == null) server.serve(System.in, new FileOutputStream(FileDescriptor.out));
            else listen(server);
        }
        return Parley.DONE;
    }

    private void listen(ParleyMcpServer server) throws IOException {
        var token = tokenFile == null ? Optional.<String>empty() : Optional.of(Files.readString(tokenFile).strip());
        if (token.filter(String::isEmpty).isPresent()) throw new IllegalArgumentException(tokenFile + " is empty; write a token into it.");
        try (var listening = server.listen(port, token)) {
            output.note("Listening at http://127.0.0.1:" + listening.port() + "/mcp; Ctrl-C ends.");
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new Interrupted("Ended.");
        }
    }

    private Documents knowledge() {
        if (index == null) return new Documents(Optional.empty());
        if (KnowledgeBase.embedderOf(index).isEmpty())
            throw new KnowledgeException(index + " holds no index; make one: ./parley knowledge index FOLDER --index " + index + ".");
        return new Documents(Optional.of(Background.start(() -> open(embedder()))));
    }

    /** By the model that the index was made with; where that cannot be had, its passages are found by their words. */
    private Embedder embedder() {
        try {
            return EmbedderOption.toSearch(index, output);
        } catch (KnowledgeException e) {
            output.note("Passages will be found by their words alone. " + e.getMessage());
            return Embedder.NONE;
        }
    }

    private Searched open(Embedder embedder) {
        try {
            return new Searched(KnowledgeBase.open(index, embedder), embedder);
        } catch (RuntimeException | Error e) {
            embedder.close();
            throw e;
        }
    }

    private record Searched(KnowledgeBase knowledge, Embedder embedder) {}

    /** An index whose embedding model may be loading still. */
    private record Documents(Optional<Background<Searched>> opening) implements AutoCloseable {

        Optional<Supplier<KnowledgeBase>> named() {
            return opening.map(opened -> () -> opened.result().knowledge());
        }

        @Override
        public void close() {
            opening.ifPresent(opened -> {
                opened.result().knowledge().close();
                opened.result().embedder().close();
            });
        }
    }

    private Served served() {
        if (model == null) return new Served("", Optional.empty());
        var folder = Downloads.model(model, output);
        var name = folder.toAbsolutePath().normalize().getFileName().toString();
        return new Served(name, Optional.of(Background.start(() -> load(folder)))); // whoever starts a server waits for its handshake
    }

    private AskedModel load(Path folder) {
        try {
            var tokenizer = EngineOptions.requireTokenizer(folder);
            var weights = engine.load(folder);
            var config = EngineOptions.withEnds(GenerationConfig.read(folder), weights, Optional.of(tokenizer));
            var limits = InferenceEngine.Limits.DEFAULT;
            output.note(folder + " is in memory.");
            return new AskedModel(new InferenceEngine(weights, tokenizer, limits), tokenizer, config,
                    weights.config().maxPositionEmbeddings());
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** A model that may be loading still. */
    private record Served(String name, Optional<Background<AskedModel>> loading) implements AutoCloseable {

        Optional<ParleyMcpServer.Model> named() {
            return loading.map(model -> new ParleyMcpServer.Model(name, model::result));
        }

        @Override
        public void close() {
            loading.ifPresent(model -> model.result().engine().close());
        }
    }
}
