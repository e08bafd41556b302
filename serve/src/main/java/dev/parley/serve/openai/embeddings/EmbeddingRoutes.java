package dev.parley.serve.openai.embeddings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.EngineReading;
import dev.parley.serve.openai.ModelField;
import dev.parley.serve.openai.TokenIds;
import dev.parley.serve.work.ClientWork;
import dev.parley.tokenizer.Tokenizer;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
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
            checkDimensions(dimensions, model);
            var before = prompt.text(model.embeddingRules(), model.id());
            var texts = ClientWork.run(request, () -> texts(fields, input, prompt, before, model.tokenizer()));
            RequestNotes.of(request).model(model.id());
            JsonBody.warnOfUnknown(request, fields);
            JsonBody.write(request, answer(model, texts, dimensions, base64, Caller.of(request), ClientPresence.of(request)));
        }
    }

    private static void checkDimensions(OptionalInt asked, ServedModel model) {
        if (asked.isEmpty()) return;
        var rules = model.embeddingRules();
        var width = rules.width(model.model().config().hiddenSize());
        if (asked.getAsInt() > width || !rules.trained() && asked.getAsInt() != width) {
            throw ApiError.badRequest("dimensions", "dimensions is " + asked.getAsInt() + "; the model " + model.id() + " makes vectors of "
                    + width + " numbers"
                    + (asked.getAsInt() > width ? "." : ", which mean nothing when cut: it was not trained for vectors."));
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

    /** One text after the other, so that a long list does not keep others from the engine. */
    private static ObjectNode answer(ServedModel model, List<int[]> texts, OptionalInt dimensions, boolean base64, Caller caller,
            ClientPresence client) {
        var answer = JsonNodeFactory.instance.objectNode().put("object", "list");
        var data = answer.putArray("data");
        var tokens = 0L;
        var rules = model.embeddingRules();
        var reading = new EngineReading(model, caller.id(), client);
        var reservation = caller.reserve(texts.stream().mapToLong(ids -> ids.length).sum(), 0, false);
        try {
            for (var ids : texts) {
                tokens += ids.length; // also of one that is left before it is read
                var item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
                var name = "input" + (texts.size() > 1 ? "[" + (data.size() - 1) + "]" : "");
                var vector = rules.vector(reading.read(ids, rules.poolings(), "input", name), dimensions);
                if (base64) item.put("embedding", base64(vector));
                else for (var array = item.putArray("embedding"); array.size() < vector.length;) array.add(vector[array.size()]);
            }
        } finally {
            reservation.settle(tokens);
        }
        answer.put("model", model.id()).putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return answer;
    }

    private static String base64(float[] vector) {
        var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (var value : vector) bytes.putFloat(value);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
