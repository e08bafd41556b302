package dev.parley.assist.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.tools.Tool;
import java.util.List;

/** Where tools come from: an MCP server, or functions of this program. Threads may share it. */
public interface ToolSource extends AutoCloseable {

    /** The name that its owner gave it; it prefixes the names of its tools where two sources share one. */
    String name();

    /** The tools that it offers now. */
    List<Tool> tools();

    /**
     * Calls a tool and waits for its result, no longer than the source's time limit. A fault of the source is a result too
     * ({@link ToolResult#isError()}), so that it costs one call and never the conversation.
     */
    ToolResult call(String tool, ObjectNode arguments);

    @Override
    void close();
}
