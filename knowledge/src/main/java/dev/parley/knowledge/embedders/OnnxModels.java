package dev.parley.knowledge.embedders;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.bgesmallzhv15q.BgeSmallZhV15QuantizedEmbeddingModel;
import java.util.List;

/** The two models themselves. Apart from {@link OnnxEmbedder}, which can so be loaded where their jars are not there, and say so. */
final class OnnxModels {

    private final AllMiniLmL6V2QuantizedEmbeddingModel english = new AllMiniLmL6V2QuantizedEmbeddingModel();
    private final BgeSmallZhV15QuantizedEmbeddingModel chinese = new BgeSmallZhV15QuantizedEmbeddingModel();

    /** The vectors of texts, by one of the two. */
    List<float[]> embed(boolean byChinese, List<String> texts) {
        var segments = texts.stream().map(text -> TextSegment.from(text.isBlank() ? "." : text)).toList(); // a text must not be empty
        var response = byChinese ? chinese.embedAll(segments) : english.embedAll(segments);
        return response.content().stream().map(Embedding::vector).toList();
    }
}
