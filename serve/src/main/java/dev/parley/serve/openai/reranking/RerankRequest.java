package dev.parley.serve.openai.reranking;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a request asks to be judged: in the form of Jina's and Cohere's APIs, or, with {@code texts} in place of {@code documents}, in that
 * of text-embeddings-inference.
 *
 * @param instruction what makes a document a good one, in words
 * @param most results
 * @param mostTokens of a document that are read
 * @param withTexts whether results bring their documents along
 * @param plain whether it is in the second form, and answered by a list of scores
 */
record RerankRequest(String query, List<String> documents, Optional<String> instruction, int most, OptionalInt mostTokens,
        boolean withTexts,
        boolean plain) {

    private static final int MOST_DOCUMENTS = 2_048;

    static RerankRequest of(JsonFields fields) {
        fields.ignore("user", "truncate", "truncation_direction", "priority");
        var texts = fields.list("texts", MOST_DOCUMENTS);
        var listed = fields.list("documents", MOST_DOCUMENTS);
        var plain = listed.isEmpty() && texts.isPresent();
        var documents = texts(fields, plain ? "texts" : "documents", plain ? texts : listed);
        var most = fields.integer("top_n", 0, Integer.MAX_VALUE).orElse(0); // 0 for all, as vLLM's clients say it
        if (fields.flag("raw_scores"))
            throw ApiError.badRequest("raw_scores", "raw_scores is not supported: scores are from 0 to 1.");
        var withTexts = fields.flag("return_documents") | fields.flag("return_text");
        return new RerankRequest(fields.requireString("query"), documents, fields.string("instruction"),
                most == 0 ? documents.size() : most,
                fields.integer("max_tokens_per_doc", 1, Integer.MAX_VALUE), withTexts, plain);
    }

    private static List<String> texts(JsonFields fields, String name, Optional<JsonNode> given) {
        var list = given.orElseThrow(() -> fields.missing(name));
        if (list.isEmpty()) throw fields.wrong(name, "a list of at least one text");
        var texts = new ArrayList<String>(list.size());
        for (var one : list) texts.add(text(one, name + "[" + texts.size() + "]", name));
        return texts;
    }

    /** A string, or an object with a text. */
    private static String text(JsonNode one, String path, String name) {
        var text = one.isObject() ? one.path("text") : one;
        if (!text.isTextual()) throw ApiError.badRequest(name, path + " must be a string, or an object with a text.");
        return text.textValue();
    }
}
