package dev.parley.serve.openai.embeddings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ModelException;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.TokenIds;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.ModelField;
import dev.parley.serve.work.ClientWork;
import dev.parley.tokenizer.Tokenizer;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
        var input = fields.any("input").orElseThrow(() -> fields.missing("input"));
        try (var lease = models.lease(ModelField.read(fields))) {
            var model = lease.model();
            var texts = ClientWork.run(request, () -> texts(fields, input, model.tokenizer()));
            var width = model.model().config().hiddenSize();
            if (dimensions.isPresent() && dimensions.getAsInt() != width) {
                throw ApiError.badRequest("dimensions", "dimensions is " + dimensions.getAsInt() + "; the model " + model.id()
                        + " makes vectors of " + width + " numbers, which mean nothing when cut.");
            }
            RequestNotes.of(request).model(model.id());
            JsonBody.warnOfUnknown(request, fields);
            JsonBody.write(request, answer(model, texts, base64, Caller.of(request), ClientPresence.of(request)));
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
    private static List<int[]> texts(JsonFields fields, JsonNode input, Tokenizer tokenizer) {
        if (input.isTextual()) return List.of(tokenizer.encodeForModel(input.textValue()));
        if (!input.isArray() || input.isEmpty())
            throw fields.wrong("input", "a string, a list of token ids, or a list of at least one of these");
        if (input.get(0).isNumber()) return List.of(TokenIds.read("input", input, tokenizer));
        if (input.size() > MOST_INPUTS)
            throw ApiError.badRequest("input", "input holds " + input.size() + " texts, more than " + MOST_INPUTS + ".");
        var texts = new ArrayList<int[]>(input.size());
        for (var one : input) {
            var name = "input[" + texts.size() + "]";
            if (!one.isTextual() && !one.isArray()) throw ApiError.badRequest("input", name + " must be a string or a list of token ids.");
            texts.add(one.isTextual() ? tokenizer.encodeForModel(one.textValue()) : TokenIds.read(name, one, tokenizer));
        }
        return texts;
    }

    /** One text after the other, so that a long list does not keep others from the engine. */
    private static ObjectNode answer(ServedModel model, List<int[]> texts, boolean base64, Caller caller, ClientPresence client) {
        var answer = JsonNodeFactory.instance.objectNode().put("object", "list");
        var data = answer.putArray("data");
        var tokens = 0L;
        var reservation = caller.reserve(texts.stream().mapToLong(ids -> ids.length).sum(), 0, false);
        try {
            for (var ids : texts) {
                tokens += ids.length; // also of one that is left before it is read
                var item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
                var name = "input" + (texts.size() > 1 ? "[" + (data.size() - 1) + "]" : "");
                var vector = vector(model, caller.id(), ids, name, client);
                if (base64) item.put("embedding", base64(vector));
                else for (var array = item.putArray("embedding"); array.size() < vector.length;) array.add(vector[array.size()]);
            }
        } finally {
            reservation.settle(tokens);
        }
        answer.put("model", model.id()).putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return answer;
    }

    private static float[] vector(ServedModel model, String owner, int[] ids, String name, ClientPresence client) {
        try {
            var vector = model.engine().embedding(owner, ids, model.embeddingRules().pooling());
            while (true) {
                try {
                    return vector.get(ClientPresence.LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (client.isThere()) continue;
                    vector.cancel(false);
                    throw new ClientGone();
                }
            }
        } catch (ModelException e) {
            throw ApiError.badRequest("input", name + " cannot be read: " + e.getMessage());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException fault ? fault : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.of(503, "stopping", "The server is shutting down.");
        }
    }

    private static String base64(float[] vector) {
        var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (var value : vector) bytes.putFloat(value);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
