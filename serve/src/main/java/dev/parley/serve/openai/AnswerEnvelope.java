package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
        return JsonNodeFactory.instance.objectNode().put("id", id).put("object", object).put("created", created).put("model", model.id())
                .put("system_fingerprint", "fp_" + Long.toHexString(model.loadedAt().toEpochMilli()));
    }
}
