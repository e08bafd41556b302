package dev.parley.cli.knowledge;

import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.hub.Hub;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.knowledge.embedders.EngineEmbedder;
import dev.parley.knowledge.embedders.OnnxEmbedder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that says which model makes vectors of an index's passages. */
public final class EmbedderOption {

    private static final String NONE = "none";
    private static final String ONNX = "onnx";

    @Option(names = "--embedder", paramLabel = "none|onnx|MODEL",
            description = "What makes the vectors of passages: none (search by words alone), onnx (two small models that come as jars, for "
                    + "English and Chinese), or an embedding model, a folder or org/name of the hub, such as Qwen/Qwen3-Embedding-0.6B. "
                    + "Default: what the index was made with; for a new one onnx if it is there, else none.")
    private String name;

    /** The embedder of an index that is made or brought up to date. */
    public Embedder toIndex(Path index, Output output) {
        if (name != null) return open(name, output);
        var made = KnowledgeBase.embedderOf(index);
        if (made.isPresent()) return byId(made.get(), output);
        try {
            return OnnxEmbedder.open();
        } catch (KnowledgeException e) {
            output.note("Passages will be found by their words alone. " + e.getMessage());
            return Embedder.NONE;
        }
    }

    /** Of an index that is searched: the one that it was made with. */
    public static Embedder toSearch(Path index, Output output) {
        return byId(KnowledgeBase.embedderOf(index).orElse(NONE), output);
    }

    private static Embedder byId(String id, Output output) {
        return open(id.startsWith(EngineEmbedder.ENGINE) ? id.substring(EngineEmbedder.ENGINE.length()) : id, output);
    }

    private static Embedder open(String name, Output output) {
        if (name.equals(NONE)) return Embedder.NONE;
        if (name.equals(ONNX) || name.equals(OnnxEmbedder.ID)) return OnnxEmbedder.open();
        var folder = Downloads.model(name, output);
        return Hub.local(name).isPresent() ? EngineEmbedder.open(folder) : EngineEmbedder.open(name, folder);
    }
}
