package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.TextVectors;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.work.ClientWork;
import dev.parley.tokenizer.Tokenizer;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/** {@code POST /api/embed}, and {@code /api/embeddings} as it was before it: texts as vectors; without a text, the model is loaded. */
record EmbedRoutes(NamedModels named) implements Routes {

    private static final int MOST_INPUTS = 2_048;

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/api/embed", request -> answer(request, "input", EmbedRoutes::embedded));
        routes.post("/api/embeddings", request -> answer(request, "prompt", EmbedRoutes::embedding));
    }

    /** What an answer is written of. */
    private record Read(String name, TextVectors texts, long total, long load) {}

    private void answer(Context request, String field, BiFunction<ObjectNode, Read, ObjectNode> json) {
        var began = System.nanoTime();
        var fields = JsonFields.of(JsonBody.read(request));
        var name = NamedModels.read(fields);
        var keep = KeepAlive.read(fields);
        var texts = texts(fields, field);
        var truncates = fields.any("truncate").isEmpty() || fields.flag("truncate");
        var dimensions = fields.integer("dimensions", 0, Integer.MAX_VALUE).stream().filter(n -> n > 0).findFirst(); // 0 is the model's own
        var id = named.id(name);
        RequestNotes.of(request).model(id);
        try (var lease = named.lease(request, id)) {
            var loaded = System.nanoTime();
            var model = lease.model();
            keep.tell(named.models(), id);
            var most = Options.context(fields, model).orElse(model.contextLength() - 1); // the engine keeps a place for an answer
            JsonBody.warnOfUnknown(request, fields);
            var read = ClientWork.run(request, () -> texts.stream().map(text -> ids(text, model, most, truncates)).toList());
            var vectors = TextVectors.of(model, read, dimensions, field, Caller.of(request), ClientPresence.of(request));
            JsonBody.write(request, json.apply(JsonNodeFactory.instance.objectNode(),
                    new Read(name, vectors, System.nanoTime() - began, loaded - began)));
        }
    }

    /** A string, or a list of them; an empty string is no text. */
    private static List<String> texts(JsonFields fields, String field) {
        if (field.equals("prompt")) return fields.string(field).filter(text -> !text.isEmpty()).stream().toList();
        var texts = fields.strings(field, MOST_INPUTS);
        return texts.equals(List.of("")) ? List.of() : texts;
    }

    private static int[] ids(String text, ServedModel model, int most, boolean truncates) {
        var ids = model.tokenizer().encodeForModel(model.embeddingRules().defaultPromptText() + text);
        if (ids.length <= most) return ids;
        if (!truncates) throw ApiError.badRequest("input", "the input length exceeds the context length: a text has " + ids.length
                + " tokens, and the context holds " + most + ".");
        return cut(ids, most, model.tokenizer());
    }

    /** The token with which every text ends, where there is one, is kept: some models' vectors are its state. */
    private static int[] cut(int[] ids, int most, Tokenizer tokenizer) {
        var cut = Arrays.copyOf(ids, most);
        var around = tokenizer.encodeForModel("");
        if (around.length > 0 && around[around.length - 1] == ids[ids.length - 1]) cut[most - 1] = ids[ids.length - 1];
        return cut;
    }

    private static ObjectNode embedded(ObjectNode json, Read read) {
        json.put("model", read.name());
        var list = json.putArray("embeddings");
        for (var vector : read.texts().vectors()) put(list.addArray(), vector);
        return json.put("total_duration", read.total()).put("load_duration", read.load()).put("prompt_eval_count", read.texts().tokens());
    }

    private static ObjectNode embedding(ObjectNode json, Read read) {
        var list = json.putArray("embedding");
        if (!read.texts().vectors().isEmpty()) put(list, read.texts().vectors().getFirst());
        return json;
    }

    private static void put(ArrayNode list, float[] vector) {
        for (var value : vector) list.add(value);
    }
}
