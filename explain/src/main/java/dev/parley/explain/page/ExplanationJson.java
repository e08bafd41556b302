package dev.parley.explain.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.explain.Attribution;
import dev.parley.explain.Completeness;
import dev.parley.explain.ExplainedText;
import dev.parley.explain.ExplainedToken;
import dev.parley.explain.Explanation;
import dev.parley.explain.Faithfulness;
import dev.parley.explain.HeadAttention;
import dev.parley.explain.LogitAttribution;
import dev.parley.explain.LogitLens;
import dev.parley.explain.NearestPassages;
import dev.parley.model.Target;
import java.util.List;
import java.util.Locale;

/** An explanation as JSON, for scripts and for the page; docs/explain.md describes it. */
public final class ExplanationJson {

    private static final long MOST_WEIGHTS = 4_000_000; // some 30 MB of text
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ExplanationJson() {}

    /**
     * The object that {@code --json} prints.
     *
     * @param model its name, as the user gave it
     */
    public static ObjectNode of(String model, Explanation explanation) {
        return of(model, explanation, MOST_WEIGHTS);
    }

    /**
     * The same for a reader to whom less can be sent.
     *
     * @param mostWeights of attention; where there are more, they are left out
     */
    public static ObjectNode of(String model, Explanation explanation, long mostWeights) {
        var text = explanation.text();
        var json = NODES.objectNode().put("model", model).put("prompt_tokens", text.promptLength());
        json.set("tokens", tokens(text));
        json.set("baseline", token(explanation.baseline(), explanation.baselineToken()));
        var explained = json.putArray("explained");
        explanation.tokens().forEach(token -> explained.add(explained(token, explanation)));
        explanation.attention().filter(attention -> weights(attention) <= mostWeights)
                .ifPresent(attention -> json.set("attention", attention(attention)));
        var attributions = json.putArray("attributions");
        explanation.attributions().forEach(attribution -> attributions.add(attribution(attribution)));
        explanation.logitLens().ifPresent(lens -> json.set("logit_lens", lens(lens)));
        explanation.logitAttribution().ifPresent(logits -> json.set("logit_attribution", logits(logits)));
        explanation.nearestPassages().ifPresent(nearest -> json.set("training_passages", nearest(nearest)));
        return json;
    }

    private static ArrayNode tokens(ExplainedText text) {
        var array = NODES.arrayNode();
        for (int i = 0; i < text.length(); i++) array.add(token(text.ids()[i], text.tokens().get(i)));
        return array;
    }

    private static ObjectNode token(int id, String text) {
        return NODES.objectNode().put("id", id).put("text", text);
    }

    private static ObjectNode explained(ExplainedToken token, Explanation explanation) {
        var json = NODES.objectNode().put("position", token.position()).put("logprob", rounded(token.logprob()))
                .put("value", rounded(token.value()));
        if (token.target() instanceof Target.LogitDifference(var id, var other)) {
            json.put("target", "logit_difference").set("rather_than", token(other, explanation.contrastToken().orElse("")));
        } else {
            json.put("target", "log_probability");
        }
        return json;
    }

    private static long weights(HeadAttention attention) {
        var count = 0L;
        for (var layers : attention.weights()) count += (long) layers.length * layers[0].length * layers[0][0].length;
        return count;
    }

    /** (N, L, H, position) */
    private static ArrayNode attention(HeadAttention attention) {
        var tokens = NODES.arrayNode();
        for (var layers : attention.weights()) {
            var ofToken = tokens.addArray();
            for (var heads : layers) {
                var ofLayer = ofToken.addArray();
                for (var head : heads) {
                    var weights = ofLayer.addArray();
                    for (var weight : head) weights.add(Math.round(weight * 1e4) / 1e4);
                }
            }
        }
        return tokens;
    }

    private static ObjectNode attribution(Attribution attribution) {
        var json = NODES.objectNode().put("method", attribution.method().label());
        var rows = json.putArray("scores");
        for (var row : attribution.scores()) rows.add(numbers(row));
        attribution.completeness().ifPresent(completeness -> json.set("completeness", completeness(completeness)));
        attribution.faithfulness().ifPresent(faithfulness -> json.set("faithfulness", faithfulness(faithfulness)));
        return json;
    }

    private static ObjectNode completeness(Completeness completeness) {
        var json = NODES.objectNode().put("steps", completeness.steps()).put("worst_gap", rounded(completeness.worstGap()));
        var sums = json.putArray("tokens");
        for (var sum : completeness.tokens()) {
            sums.addObject().put("attributed", rounded(sum.attributed())).put("gained", rounded(sum.gained())).put("gap",
                    rounded(sum.gap()));
        }
        return json;
    }

    private static ObjectNode faithfulness(Faithfulness faithfulness) {
        var json = NODES.objectNode().put("area", rounded(faithfulness.area())).put("random_deviation",
                rounded(faithfulness.randomDeviation()));
        json.set("fractions", numbers(faithfulness.fractions()));
        json.set("ordered", numbers(faithfulness.ordered()));
        json.set("random", numbers(faithfulness.random()));
        return json;
    }

    /** (N, L + 1) */
    private static ArrayNode lens(LogitLens lens) {
        var tokens = NODES.arrayNode();
        for (List<LogitLens.AfterLayer> layers : lens.tokens()) {
            var ofToken = tokens.addArray();
            for (var layer : layers) {
                var json = ofToken.addObject().put("value", rounded(layer.value())).put("logprob", rounded(layer.logprob())).put("rank",
                        layer.rank());
                var best = json.putArray("best");
                for (var guess : layer.best()) best.add(token(guess.id(), guess.token()).put("probability", rounded(guess.probability())));
            }
        }
        return tokens;
    }

    private static ArrayNode logits(LogitAttribution logits) {
        var tokens = NODES.arrayNode();
        for (var shares : logits.tokens()) {
            var json = tokens.addObject().put("logit", rounded(shares.logit())).put("sum", rounded(shares.sum())).put("embedding",
                    rounded(shares.embedding()));
            json.set("attention", numbers(shares.attention()));
            json.set("mlp", numbers(shares.mlp()));
            json.put("shift", rounded(shares.shift()));
        }
        return tokens;
    }

    private static ObjectNode nearest(NearestPassages nearest) {
        var json = NODES.objectNode().put("state", nearest.state().name().toLowerCase(Locale.ROOT)).put("passages", nearest.passages())
                .put("compared", nearest.compared());
        var found = json.putArray("found");
        for (var passage : nearest.found()) {
            found.addObject().put("similarity", rounded(passage.similarity())).put("source", passage.source())
                    .put("document", passage.document()).put("text", passage.text());
        }
        return json;
    }

    private static ArrayNode numbers(double[] values) {
        var array = NODES.arrayNode();
        for (var value : values) array.add(rounded(value));
        return array;
    }

    /** To six digits: more would be noise of float32. */
    private static double rounded(double value) {
        if (value == 0 || !Double.isFinite(value)) return value;
        var unit = Math.pow(10, 5 - Math.floor(Math.log10(Math.abs(value))));
        return Double.isFinite(unit) ? Math.round(value * unit) / unit : value;
    }
}
