package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What answers requests: usually a model, see {@link ModelResponder}. */
public interface Respondent extends AutoCloseable {

    /** Takes responses as they come, in any order. */
    @FunctionalInterface
    interface Listener {
        /** Takes the response to a request, by its place in the list. */
        void onResponse(int index, JsonNode response);
    }

    /** Answers all requests; the more at once, the quicker each. */
    void respond(List<Request> requests, Listener listener);

    /** What of it changes a score: the model, its numbers, its engine. Stands in the results. */
    ObjectNode settings();

    @Override
    void close();
}
