package dev.parley.serve.chat.running;

import dev.parley.serve.http.ApiError;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What models were given and gave in the last turns, to explain their answers. It holds instructions, passages and results of tools, and
 * guardrails may have changed what was said: so it is kept in memory alone, and not for long.
 */
final class RecentTurns {

    private static final int MOST = 256;

    private final Map<String, AnsweredText> texts = new LinkedHashMap<>() { // the oldest goes

        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, AnsweredText> eldest) {
            return size() > MOST;
        }
    };

    synchronized void keep(String message, AnsweredText text) {
        texts.put(message, text);
    }

    /** @throws ApiError if it is not there */
    synchronized AnsweredText get(String message) {
        var text = texts.get(message);
        if (text == null) throw ApiError.of(400, "turn_unknown",
                "What the model was given for this answer is no longer known, or no model wrote it; ask again to have it explained.");
        return text;
    }
}
