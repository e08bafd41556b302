package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(requests.toString().getBytes(StandardCharsets.UTF_8));
            return task + "/" + number + "/" + HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
