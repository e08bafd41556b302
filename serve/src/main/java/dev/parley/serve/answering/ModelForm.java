package dev.parley.serve.answering;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;

/** How an API's clients read models, where they ask at the same address as those of another. */
public interface ModelForm {

    /** Whether a client of this API asks. */
    boolean isWanted(Context request);

    /**
     * One model or assistant.
     *
     * @param created when it was taken up
     * @param contextLength in tokens, of prompt and answer; 0 where it is not known yet
     */
    ObjectNode one(String id, Instant created, int contextLength);

    /** All of them, on one page. */
    ObjectNode list(List<ObjectNode> models);
}
