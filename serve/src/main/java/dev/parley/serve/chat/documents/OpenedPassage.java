package dev.parley.serve.chat.documents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.knowledge.Passage;

/**
 * A passage with what stands around it in its document.
 *
 * @param text of the document, as much as is shown
 * @param start of the passage in that text
 * @param end of the passage in that text
 */
record OpenedPassage(Passage passage, String text, int start, int end) {

    private static final int AROUND = 20_000; // characters before and after

    static OpenedPassage of(Passage passage, String document) {
        var from = Math.max(0, passage.start() - AROUND);
        var to = Math.min(document.length(), passage.end() + AROUND);
        if (from > 0 && Character.isLowSurrogate(document.charAt(from))) from++;
        if (to < document.length() && Character.isLowSurrogate(document.charAt(to))) to--;
        return new OpenedPassage(passage, document.substring(from, to), passage.start() - from, passage.end() - from);
    }

    ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("id", passage.id()).put("source", passage.source()).put("title", passage.title())
                .put("page", passage.page()).put("text", text).put("start", start).put("end", end);
    }
}
