package dev.parley.serve.answering;

import dev.parley.generate.embedding.Pooling;
import dev.parley.model.ModelException;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.models.ServedModel;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a model's engine reads of texts for one request, as long as its client is there.
 *
 * @param owner whose request it is
 */
public record EngineReading(ServedModel model, String owner, ClientPresence client) {

    /**
     * Reads a text.
     *
     * @param field of the request that it came in
     * @param name of the text in messages, such as {@code input[3]}
     * @return what the engine gathers of its states
     * @throws ApiError if it is empty or too long
     */
    public float[] read(int[] ids, List<Pooling> poolings, String field, String name) {
        try {
            var vector = model.engine().embedding(owner, ids, poolings);
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
