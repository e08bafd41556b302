package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.Sha256;
import java.util.List;

/**
 * A document and what is asked about it.
 *
 * @param number of the document in its split
 * @param target what is right
 * @param gold the right choice where a document's text is the number of one, else the target
 * @param choices to choose from; empty where there are none
 */
public record Sample(String task, int number, ObjectNode document, JsonNode target, JsonNode gold, List<String> choices,
        List<Request> requests) {

    /** Tells apart samples that ask something else. */
    String key() {
        return task + "/" + number + "/" + Sha256.of(requests.toString()).substring(0, 16);
    }
}
