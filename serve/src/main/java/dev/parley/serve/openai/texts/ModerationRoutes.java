package dev.parley.serve.openai.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.moderation.Category;
import dev.parley.assist.moderation.Judgement;
import dev.parley.assist.moderation.Moderator;
import dev.parley.serve.answering.Ids;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.Routes;
import dev.parley.serve.work.ClientWork;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** {@code /v1/moderations}, in the shape of OpenAI's omni-moderation. */
public final class ModerationRoutes implements Routes {

    private static final int MOST_TEXTS = 1_024;
    private static final int MOST_CHARACTERS = 500_000;

    private final Supplier<? extends Moderator> moderators;

    /** Routes with a moderator that is made at the first request. */
    public ModerationRoutes(Supplier<? extends Moderator> moderators) {
        this.moderators = moderators;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/v1/moderations", this::judge);
    }

    private void judge(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        fields.string("model"); // there is one moderator, whatever name it is called by
        var texts = texts(fields);
        if (texts.stream().mapToLong(String::length).sum() > MOST_CHARACTERS)
            throw ApiError.badRequest("input", "input has more than " + MOST_CHARACTERS + " characters.");
        var moderator = moderators.get();
        var judgements = ClientWork.run(request, () -> judged(texts, moderator));
        var answer = JsonNodeFactory.instance.objectNode().put("id", Ids.of("modr-")).put("model", judgements.getFirst().moderator());
        var results = answer.putArray("results");
        for (var judgement : judgements) results.add(json(judgement));
        JsonBody.warnOfUnknown(request, fields);
        JsonBody.write(request, answer);
    }

    /** One character may stand for eighteen others, as which it is read. */
    private static List<Judgement> judged(List<String> texts, Moderator moderator) {
        var characters = texts.stream().mapToLong(text -> Normalizer.normalize(text, Normalizer.Form.NFKC).length()).sum();
        if (characters > MOST_CHARACTERS)
            throw ApiError.badRequest("input", "input stands for more than " + MOST_CHARACTERS + " characters (in Unicode's form NFKC).");
        return texts.stream().map(moderator::judge).toList();
    }

    /** A string, a list of strings, or a list of parts, which are one text together. */
    private static List<String> texts(JsonFields fields) {
        var input = fields.any("input").orElseThrow(() -> fields.missing("input"));
        if (input.isTextual()) return List.of(input.textValue());
        if (!input.isArray() || input.isEmpty())
            throw fields.wrong("input", "a string, a list of strings, or a list of parts of type text");
        if (input.size() > MOST_TEXTS)
            throw ApiError.badRequest("input", "input holds " + input.size() + " texts, more than " + MOST_TEXTS + ".");
        if (input.get(0).isObject()) return List.of(joined(fields, input));
        var texts = new ArrayList<String>(input.size());
        for (var text : input) {
            if (!text.isTextual()) throw fields.wrong("input", "a string, a list of strings, or a list of parts of type text");
            texts.add(text.textValue());
        }
        return texts;
    }

    private static String joined(JsonFields fields, JsonNode parts) {
        var texts = new ArrayList<String>(parts.size());
        for (var part : parts) {
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual())
                throw fields.wrong("input", "of parts of type text; this moderator reads nothing else");
            texts.add(part.path("text").textValue());
        }
        return String.join("\n", texts);
    }

    private static ObjectNode json(Judgement judgement) {
        var json = JsonNodeFactory.instance.objectNode().put("flagged", judgement.isFlagged());
        var flags = json.putObject("categories");
        var scores = json.putObject("category_scores");
        var read = json.putObject("category_applied_input_types");
        for (var category : Category.values()) {
            flags.put(category.id(), judgement.isFlagged(category));
            scores.put(category.id(), judgement.score(category));
            read.putArray(category.id()).add("text");
        }
        var own = json.putObject("parley").put("moderator", judgement.moderator()).putObject("labels");
        judgement.labels().forEach(own::put);
        return json;
    }
}
