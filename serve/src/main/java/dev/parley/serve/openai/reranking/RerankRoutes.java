package dev.parley.serve.openai.reranking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.generate.reranking.RerankRules;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.EngineReading;
import dev.parley.serve.answering.Ids;
import dev.parley.serve.answering.ModelField;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * {@code /v1/rerank}, as Jina, vLLM and llama.cpp have it, {@code /v2/rerank}, as Cohere's clients call it, and {@code /rerank}, as those
 * of text-embeddings-inference: documents in the order in which they answer a question, each with a score from 0 to 1.
 */
public final class RerankRoutes implements Routes {

    private final ModelPool models;

    /** The routes by these models. */
    public RerankRoutes(ModelPool models) {
        this.models = models;
    }

    /** @param index of the document in the request */
    private record Judged(int index, double score) {}

    @Override
    public void addTo(RoutesConfig routes) {
        for (var path : List.of("/v1/rerank", "/v2/rerank", "/rerank")) routes.post(path, this::rerank);
    }

    private void rerank(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var asked = RerankRequest.of(fields);
        try (var lease = models.lease(ModelField.read(fields))) {
            var model = lease.model();
            var rules = model.rerankRules().orElseThrow(() -> ApiError.badRequest("model", "The model " + model.id()
                    + " is no reranker; serve one, such as Qwen/Qwen3-Reranker-0.6B, and name it in model."));
            var prompts = ClientWork.run(request, () -> prompts(asked, rules, model.tokenizer()));
            RequestNotes.of(request).model(model.id());
            JsonBody.warnOfUnknown(request, fields);
            var tokens = prompts.stream().mapToLong(ids -> ids.length).sum();
            JsonBody.write(request, answer(asked, model, tokens, judge(asked, rules, model, prompts, Caller.of(request),
                    ClientPresence.of(request))));
        }
    }

    private static List<int[]> prompts(RerankRequest asked, RerankRules rules, Tokenizer tokenizer) {
        return asked.documents().stream()
                .map(document -> rules.prompt().ids(tokenizer, asked.instruction(), asked.query(), cut(document, asked, tokenizer)))
                .toList();
    }

    private static String cut(String document, RerankRequest asked, Tokenizer tokenizer) {
        if (asked.mostTokens().isEmpty()) return document;
        var ids = tokenizer.encode(document);
        var most = asked.mostTokens().getAsInt();
        return ids.length <= most ? document : tokenizer.decode(Arrays.copyOf(ids, most));
    }

    /** One document after the other: each begins with what the one before has left in the prefix cache. The best comes first. */
    private static List<Judged> judge(RerankRequest asked, RerankRules rules, ServedModel model, List<int[]> prompts, Caller caller,
            ClientPresence client) {
        var reading = new EngineReading(model, caller.id(), client);
        var field = asked.plain() ? "texts" : "documents";
        var judged = new ArrayList<Judged>();
        var tokens = 0L;
        var reservation = caller.reserve(prompts.stream().mapToLong(ids -> ids.length).sum(), 0, false);
        try {
            for (var ids : prompts) {
                tokens += ids.length; // also of one that is left before it is read
                var state = reading.read(ids, RerankRules.LAST_STATE, field, field + "[" + judged.size() + "], with the question");
                judged.add(new Judged(judged.size(), rules.head().score(model.model(), state)));
            }
        } finally {
            reservation.settle(tokens);
        }
        return judged.stream().sorted(Comparator.comparingDouble(Judged::score).reversed()).limit(asked.most()).toList();
    }

    private static JsonNode answer(RerankRequest asked, ServedModel model, long tokens, List<Judged> judged) {
        var results = JsonNodeFactory.instance.arrayNode();
        for (var one : judged) {
            var result = results.addObject().put("index", one.index()).put(asked.plain() ? "score" : "relevance_score", one.score());
            if (!asked.withTexts()) continue;
            var text = asked.documents().get(one.index());
            if (asked.plain()) result.put("text", text);
            else result.putObject("document").put("text", text);
        }
        if (asked.plain()) return results;
        var answer = JsonNodeFactory.instance.objectNode().put("id", Ids.of("rerank-")).put("object", "list").put("model", model.id());
        answer.set("results", results);
        answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return answer;
    }
}
