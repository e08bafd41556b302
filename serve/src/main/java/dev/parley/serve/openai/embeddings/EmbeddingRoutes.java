package dev.parley.serve.openai.embeddings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.ModelField;
import dev.parley.serve.answering.TextVectors;
import dev.parley.serve.answering.TokenIds;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.work.ClientWork;
import dev.parley.tokenizer.Tokenizer;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;

/** {@code /v1/embeddings}: a text as a vector of length one, pooled as the model's own files say. */
public final class EmbeddingRoutes implements Routes {

    private static final int MOST_INPUTS = 2_048;

    private final ModelPool models;

    /** The route of {@code /v1/embeddings} by these models. */
    public EmbeddingRoutes(ModelPool models) {
        this.models = models;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/v1/embeddings", this::embed);
    }

    private void embed(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        fields.ignore("user");
        var base64 = isBase64(fields);
        var dimensions = fields.integer("dimensions", 1, Integer.MAX_VALUE);
        var prompt = PromptFields.of(fields);
        var input = fields.any("input").orElseThrow(() -> fields.missing("input"));
        try (var lease = models.lease(ModelField.read(fields))) {
            var model = lease.model();
            var before = prompt.text(model.embeddingRules(), model.id());
            var texts = ClientWork.run(request, () -> texts(fields, input, prompt, before, model.tokenizer()));
            RequestNotes.of(request).model(model.id());
            JsonBody.warnOfUnknown(request, fields);
            var vectors = TextVectors.of(model, texts, dimensions, "input", Caller.of(request), ClientPresence.of(request));
            JsonBody.write(request, answer(model, vectors, base64));
        }
    }

    private static boolean isBase64(JsonFields fields) {
        return switch (fields.string("encoding_format").orElse("float")) {
            case "float" -> false;
            case "base64" -> true;
            default -> throw fields.wrong("encoding_format", "float or base64");
        };
    }

    /** The ids of each text: of one string or list of ids, or of a list of these. */
    private static List<int[]> texts(JsonFields fields, JsonNode input, PromptFields prompt, String before, Tokenizer tokenizer) {
        if (input.isTextual()) return List.of(tokenizer.encodeForModel(before + input.textValue()));
        if (!input.isArray() || input.isEmpty())
            throw fields.wrong("input", "a string, a list of token ids, or a list of at least one of these");
        var hasIds = input.get(0).isNumber() || StreamSupport.stream(input.spliterator(), false).anyMatch(JsonNode::isArray);
        if (hasIds && prompt.field().isPresent())
            throw ApiError.badRequest(prompt.field().get(), prompt.field().get() + " goes before texts, not before token ids.");
        if (input.get(0).isNumber()) return List.of(TokenIds.read("input", input, tokenizer));
        if (input.size() > MOST_INPUTS)
            throw ApiError.badRequest("input", "input holds " + input.size() + " texts, more than " + MOST_INPUTS + ".");
        var texts = new ArrayList<int[]>(input.size());
        for (var one : input) {
            var name = "input[" + texts.size() + "]";
            if (!one.isTextual() && !one.isArray()) throw ApiError.badRequest("input", name + " must be a string or a list of token ids.");
            texts.add(one.isTextual() ? tokenizer.encodeForModel(before + one.textValue()) : TokenIds.read(name, one, tokenizer));
        }
        return texts;
    }

    private static ObjectNode answer(ServedModel model, TextVectors vectors, boolean base64) {
        var answer = JsonNodeFactory.instance.objectNode().put("object", "list");
        var data = answer.putArray("data");
        for (var vector : vectors.vectors()) {
            var item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            if (base64) item.put("embedding", base64(vector));
            else for (var array = item.putArray("embedding"); array.size() < vector.length;) array.add(vector[array.size()]);
        }
        answer.put("model", model.id()).putObject("usage").put("prompt_tokens", vectors.tokens()).put("total_tokens", vectors.tokens());
        return answer;
    }

    private static String base64(float[] vector) {
        var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (var value : vector) bytes.putFloat(value);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
