package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** One request at a time, one token at a time, in float64 where we compute: what the batched way is compared with. */
record NaiveResponder(CausalLM model, Tokenizer tokenizer) implements Respondent {

    @Override
    public ObjectNode settings() {
        return JsonNodeFactory.instance.objectNode().put("model", "naive");
    }

    @Override
    public void respond(List<Request> requests, Listener listener) {
        for (int i = 0; i < requests.size(); i++) listener.onResponse(i, respond(requests.get(i)));
    }

    private JsonNode respond(Request request) {
        return switch (request) {
            case Request.Likelihood r -> likelihood(r.context(), r.continuation());
            case Request.Rolling r -> JsonNodeFactory.instance.numberNode(rolling(tokenizer.encodeForModel(r.text())));
            case Request.Generate r -> {
                var texts = JsonNodeFactory.instance.arrayNode();
                for (int i = 0; i < r.repeats(); i++) texts.add(text(r.context(), r.settings()));
                yield texts;
            }
        };
    }

    private int prefix() {
        return tokenizer.bosTokenId().orElseThrow();
    }

    private ArrayNode likelihood(String context, String continuation) {
        if (context.isEmpty()) return scored(new int[] {prefix()}, tokenizer.encode(continuation));
        var stripped = context.stripTrailing();
        var before = tokenizer.encodeForModel(stripped);
        var all = tokenizer.encodeForModel(stripped + context.substring(stripped.length()) + continuation);
        return scored(before, Arrays.copyOfRange(all, before.length, all.length));
    }

    private ArrayNode scored(int[] context, int[] ids) {
        var sum = 0.0;
        var greedy = true;
        var all = IntStream.concat(Arrays.stream(context), Arrays.stream(ids)).toArray();
        var most = model.config().maxPositionEmbeddings() + 1;
        if (all.length > most) all = Arrays.copyOfRange(all, all.length - most, all.length);
        try (var session = model.openSession(0); var sequence = session.open()) {
            for (int t = 0; t + 1 < all.length; t++) {
                var next = session.feed(List.of(Feed.of(sequence, all[t]))).getFirst().scores()[0];
                if (t + 1 < all.length - ids.length) continue;
                sum += next[all[t + 1]] - Math.log(IntStream.range(0, next.length).mapToDouble(i -> Math.exp(next[i])).sum());
                greedy &= likeliest(next) == all[t + 1];
            }
        }
        return JsonNodeFactory.instance.arrayNode().add(sum).add(greedy);
    }

    private static int likeliest(float[] scores) {
        var best = 0;
        for (int i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
        return best;
    }

    /** Each token after as many as fit before it, in windows that do not share tokens to be predicted. */
    private double rolling(int[] ids) {
        var most = model.config().maxPositionEmbeddings();
        var sum = scored(new int[] {prefix()}, Arrays.copyOf(ids, Math.min(most, ids.length))).get(0).asDouble();
        for (int from = most; from < ids.length; from += most) {
            var to = Math.min(ids.length, from + most);
            sum += scored(Arrays.copyOfRange(ids, to - most - 1, from), Arrays.copyOfRange(ids, from, to)).get(0).asDouble();
        }
        return sum;
    }

    private String text(String context, JsonNode settings) {
        var tokens = settings.path("max_gen_toks").asInt(256);
        var prompt = tokenizer.encodeForModel(context);
        var room = model.config().maxPositionEmbeddings() - tokens;
        if (prompt.length > room) prompt = Arrays.copyOfRange(prompt, prompt.length - room, prompt.length);
        var made = new ArrayList<Integer>();
        try (var session = model.openSession(0); var sequence = session.open()) {
            var next = likeliest(session.feed(List.of(Feed.of(sequence, prompt))).getFirst().scores()[0]);
            while (made.size() < tokens && !model.config().eosTokenIds().contains(next)) {
                made.add(next);
                if (made.size() < tokens) next = likeliest(session.feed(List.of(Feed.of(sequence, next))).getFirst().scores()[0]);
            }
        }
        var text = tokenizer.decode(made.stream().mapToInt(i -> i).toArray(), true);
        for (var end : settings.path("until").isTextual() ? List.of(settings.get("until")) : settings.path("until"))
            if (text.contains(end.asText())) text = text.substring(0, text.indexOf(end.asText()));
        return text;
    }

    @Override
    public void close() {
        // The model is the test's.
    }
}
