package dev.parley.serve.answering;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.http.ApiError;
import dev.parley.tokenizer.Tokenizer;

/** Token ids that a request brings. */
public final class TokenIds {

    private TokenIds() {}

    /**
     * Reads a list of ids.
     *
     * @param name of the list in the request
     * @throws ApiError if one is no token's
     */
    public static int[] read(String name, JsonNode list, Tokenizer tokenizer) {
        var ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            var id = list.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= tokenizer.vocabSize()) {
                throw ApiError.badRequest(name.replaceAll("\\[.*", ""),
                        name + "[" + i + "] must be the id of a token, from 0 to " + (tokenizer.vocabSize() - 1) + ".");
            }
            ids[i] = id.intValue();
        }
        return ids;
    }
}
