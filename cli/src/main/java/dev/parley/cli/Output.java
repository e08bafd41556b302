package dev.parley.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Where results and remarks go: results to standard output, all else to standard error. */
public final class Output {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final PrintStream ERR = new PrintStream(System.err, true, StandardCharsets.UTF_8);

    private Output() {}

    /** A part of the result. */
    public static void print(String text) {
        OUT.print(text);
        OUT.flush();
    }

    /** A line of the result. */
    public static void line(String text) {
        OUT.println(text);
    }

    /** The result as JSON, in one line. */
    public static void json(JsonNode node) {
        try {
            OUT.println(JSON.writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A remark that is no result. */
    public static void note(String text) {
        ERR.println(text);
    }

    /** An object to fill. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Whether remarks go to a person's terminal; the launcher knows, and says so by a property. */
    public static boolean toTerminal() {
        return Boolean.getBoolean("parley.stderr.terminal");
    }

    /** Whether to colour: a terminal, and no wish against it (https://no-color.org). */
    static boolean colours() {
        return Boolean.getBoolean("parley.stdout.terminal") && System.getenv("NO_COLOR") == null;
    }
}
