package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.Ids;
import dev.parley.serve.models.ServedModel;
import java.time.Instant;

/** The fields that surround an answer and each of its pieces: id, object, time, model and fingerprint. */
public record AnswerEnvelope(String id, long created) {

    /**
     * A new answer, made now.
     *
     * @param prefix of its id
     */
    public static AnswerEnvelope of(String prefix) {
        return new AnswerEnvelope(Ids.of(prefix), Instant.now().getEpochSecond());
    }

    /** An object with nothing else yet. The fingerprint changes when the model is loaded anew, as its files may have changed. */
    public ObjectNode json(String object, ServedModel model) {
        return json(object, model.id(), model.loadedAt());
    }

    /**
     * The same of whoever answers in a model's place.
     *
     * @param since when it has been what it is
     */
    public ObjectNode json(String object, String model, Instant since) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("object", object).put("created", created).put("model", model)
                .put("system_fingerprint", "fp_" + Long.toHexString(since.toEpochMilli()));
    }
}
