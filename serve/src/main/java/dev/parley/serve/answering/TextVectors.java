package dev.parley.serve.answering;

import dev.parley.model.ModelException;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.models.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
     * @throws ClientGone if the client left
     */
    public static TextVectors of(ServedModel model, List<int[]> texts, OptionalInt dimensions, String field, Caller caller,
            ClientPresence client) {
        check(dimensions, model);
        var vectors = new ArrayList<float[]>();
        var tokens = 0L;
        var reservation = caller.reserve(texts.stream().mapToLong(ids -> ids.length).sum(), 0, false);
        try {
            for (var ids : texts) {
                tokens += ids.length; // also of one that is left before it is read
                var name = field + (texts.size() > 1 ? "[" + vectors.size() + "]" : "");
                vectors.add(vector(model, caller.id(), ids, field, name, client));
            }
        } finally {
            reservation.settle(tokens);
        }
        return new TextVectors(List.copyOf(vectors), tokens);
    }

    private static void check(OptionalInt dimensions, ServedModel model) {
        var width = model.model().config().hiddenSize();
        if (dimensions.isPresent() && dimensions.getAsInt() != width) {
            throw ApiError.badRequest("dimensions", "dimensions is " + dimensions.getAsInt() + "; the model " + model.id()
                    + " makes vectors of " + width + " numbers, which mean nothing when cut.");
        }
    }

    private static float[] vector(ServedModel model, String owner, int[] ids, String field, String name, ClientPresence client) {
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
            throw ApiError.badRequest(field, name + " cannot be read: " + e.getMessage());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException fault ? fault : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.of(503, "stopping", "The server is shutting down.");
        }
    }
}
