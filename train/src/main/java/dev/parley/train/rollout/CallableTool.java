package dev.parley.train.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.tools.Tool;

/** A tool that answers are allowed to call while they are tried. The same arguments must give the same result, or a resumed run is another. */
public interface CallableTool {

    /** What the model is told of it. */
    Tool tool();

    /**
     * Does what is asked.
     *
     * @param arguments an object
     * @throws IllegalArgumentException if that cannot be done, in one sentence, which the model is told
     */
    String call(JsonNode arguments);
}
