package dev.parley.cli;

import dev.parley.assist.tools.McpServersFile;
import dev.parley.assist.tools.McpToolSource;
import dev.parley.cli.knowledge.EmbedderOption;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.serve.Lazy;
import dev.parley.serve.chat.ChatSources;
import dev.parley.serve.chat.documents.KnowledgeFolders;
import dev.parley.serve.chat.tools.ToolServers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a server's web chat can answer from, as the command line names it. */
final class OpenSources implements AutoCloseable {

    private final Path data;
    private final EmbedderOption embedder;
    private final Output output;
    private final Map<String, Embedder> embedders = new HashMap<>(); // by what makes them
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** @param data the server's folder, in which files and indexes lie */
    OpenSources(Path data, EmbedderOption embedder, Output output) {
        this.data = data;
        this.embedder = embedder;
        this.output = output;
    }

    /** Opens all of it, which reads what is new in the folders. */
    ChatSources open(SourceOptions options) {
        var allowed = options.allowed();
        var attached = new OnDemand(Lazy.of(() -> shared(embedder.toIndex(data.resolve("attachments"), output))));
        var folders = new KnowledgeFolders(folders(options.folders()));
        var configs = options.servers().map(file -> McpServersFile.read(file, System.getenv())).orElse(List.of());
        var servers = new ToolServers(configs.stream().map(c -> new McpToolSource(c, McpToolSource.Limits.DEFAULT)).toList(),
                Set.copyOf(allowed));
        open.push(servers);
        return new ChatSources(data, attached, folders, servers);
    }

    private Map<String, KnowledgeBase> folders(List<String> named) {
        var folders = new LinkedHashMap<String, KnowledgeBase>();
        for (var option : named) {
            var parts = option.split("=", 2);
            if (parts.length < 2 || parts[1].isEmpty())
                throw new WrongUsage("--knowledge " + option + " names no folder; write NAME=FOLDER, such as handbook=docs/handbook.");
            if (folders.containsKey(parts[0])) throw new WrongUsage("--knowledge gives the name " + parts[0] + " twice.");
            KnowledgeFolders.checkName(parts[0]);
            folders.put(parts[0], indexed(Path.of(parts[1])));
        }
        return folders;
    }

    private KnowledgeBase indexed(Path folder) {
        var place = folder.toAbsolutePath().normalize().toString();
        var index = data.resolve("knowledge").resolve(UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8)).toString());
        var knowledge = KnowledgeBase.open(index, shared(embedder.toIndex(index, output)));
        open.push(knowledge);
        var report = knowledge.refresh(List.of(folder), IndexProgress.NONE);
        report.faults().forEach(fault -> output.note(fault.sentence()));
        return knowledge;
    }

    private synchronized Embedder shared(Embedder opened) {
        var known = embedders.putIfAbsent(opened.id(), opened);
        if (known == null) return opened;
        opened.close();
        return known;
    }

    @Override
    public void close() {
        open.forEach(one -> {
            try {
                one.close();
            } catch (Exception e) {
                output.note("Something could not be closed: " + e.getMessage());
            }
        });
        embedders.values().forEach(Embedder::close);
    }

    /** An embedder that is opened by the first file that is attached: most servers never have one. */
    private record OnDemand(Lazy<Embedder> embedder) implements Embedder {

        @Override
        public String id() {
            return embedder.get().id();
        }

        @Override
        public int dimensions() {
            return embedder.get().dimensions();
        }

        @Override
        public float[][] embed(List<String> texts, Purpose purpose) {
            return embedder.get().embed(texts, purpose);
        }

        @Override
        public Cosines cosines(String language) {
            return embedder.get().cosines(language);
        }
    }
}
