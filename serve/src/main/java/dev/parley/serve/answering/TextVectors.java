package dev.parley.serve.answering;

import dev.parley.serve.accounts.Caller;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.models.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Texts as vectors of length one, pooled as the model's own files say.
 *
 * @param tokens that were read
 */
public record TextVectors(List<float[]> vectors, long tokens) {

    /**
     * Reads texts one after the other, so that a long list does not keep others from the engine.
     *
     * @param dimensions that the vectors are to have; empty for the model's own
     * @param field that the texts come from
     * @param caller pays for the tokens
     * @throws ApiError if a text is empty or too long, or the vectors cannot have so many dimensions
     * @throws dev.parley.serve.http.ClientGone if the client left
     */
    public static TextVectors of(ServedModel model, List<int[]> texts, OptionalInt dimensions, String field, Caller caller,
            ClientPresence client) {
        check(dimensions, model);
        var rules = model.embeddingRules();
        var reading = new EngineReading(model, caller.id(), client);
        var vectors = new ArrayList<float[]>();
        var tokens = 0L;
        var reservation = caller.reserve(texts.stream().mapToLong(ids -> ids.length).sum(), 0, false);
        try {
            for (var ids : texts) {
                tokens += ids.length; // also of one that is left before it is read
                var name = field + (texts.size() > 1 ? "[" + vectors.size() + "]" : "");
                vectors.add(rules.vector(reading.read(ids, rules.poolings(), field, name), dimensions));
            }
        } finally {
            reservation.settle(tokens);
        }
        return new TextVectors(List.copyOf(vectors), tokens);
    }

    private static void check(OptionalInt dimensions, ServedModel model) {
        if (dimensions.isEmpty()) return;
        var rules = model.embeddingRules();
        int asked = dimensions.getAsInt(), width = rules.width(model.model().config().hiddenSize());
        if (asked > width || !rules.trained() && asked != width) {
            throw ApiError.badRequest("dimensions", "dimensions is " + asked + "; the model " + model.id() + " makes vectors of " + width
                    + " numbers" + (asked > width ? "." : ", which mean nothing when cut: it was not trained for vectors."));
        }
    }
}
