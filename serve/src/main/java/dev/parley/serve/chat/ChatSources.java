package dev.parley.serve.chat;

import dev.parley.knowledge.Embedder;
import dev.parley.serve.chat.documents.KnowledgeFolders;
import dev.parley.serve.chat.tools.ToolServers;
import java.nio.file.Path;

/**
 * What the conversations of the web chat can answer from beside what their models know.
 *
 * @param folder of the server's data, in which attached files are kept
 * @param embedder makes the vectors of attached files' passages
 * @param folders of documents that the operator offers
 * @param tools that the operator offers
 */
public record ChatSources(Path folder, Embedder embedder, KnowledgeFolders folders, ToolServers tools) {

    /** Attached files alone, found by their words. */
    public static ChatSources in(Path folder) {
        return new ChatSources(folder, Embedder.NONE, KnowledgeFolders.NONE, ToolServers.NONE);
    }
}
