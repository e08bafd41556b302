package dev.parley.assist.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** Whether a call may be made. */
@FunctionalInterface
public interface Consent {

    /** Asked before each call; may wait for a person. */
    boolean allows(String source, String tool, ObjectNode arguments);

    /** Allows tools that were named beforehand ({@code source/tool}, or {@code source/*} for all of a source), and asks for the rest. */
    static Consent allowList(Set<String> allowed, Consent otherwise) {
        return (source, tool, arguments) -> allowed.contains(source + "/" + tool) || allowed.contains(source + "/*")
                || otherwise.allows(source, tool, arguments);
    }
}
