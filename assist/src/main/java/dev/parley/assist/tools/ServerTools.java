package dev.parley.assist.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.generate.tools.Tool;
import dev.parley.grammar.GrammarException;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A server's list of tools in the form that models are given, with what had to be changed for that.
 *
 * @param tools by the names that models call them
 * @param serverNames the server's own names, by those
 * @param notes what was left out or changed, in sentences
 */
record ServerTools(List<Tool> tools, Map<String, String> serverNames, List<String> notes) {

    /** Of a server that cannot be reached. */
    static final ServerTools NONE = new ServerTools(List.of(), Map.of(), List.of());

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_DESCRIPTION = 1024;
    private static final int LONGEST_SCHEMA = 16_384;
    private static final int DEEPEST_SCHEMA = 32;

    /**
     * @param most tools; the first ones are taken
     */
    static ServerTools of(List<McpSchema.Tool> listed, int most) {
        var tools = new LinkedHashMap<String, Tool>();
        var serverNames = new LinkedHashMap<String, String>();
        var notes = new ArrayList<String>();
        for (var tool : listed) {
            if (tools.size() == most) {
                notes.add("More than " + most + " tools are offered; the first " + most + " are taken.");
                break;
            }
            var name = name(tool.name());
            if (name.isEmpty() || tools.containsKey(name)) {
                notes.add("The tool \"" + UntrustedText.line(String.valueOf(tool.name()), 64) + "\" was left out: "
                        + (name.isEmpty() ? "it has no name that a model could call." : "another has that name."));
                continue;
            }
            tools.put(name, tool(name, tool, notes));
            serverNames.put(name, tool.name());
        }
        return new ServerTools(List.copyOf(tools.values()), Map.copyOf(serverNames), List.copyOf(notes));
    }

    /** A name of the characters that all formats of calls can write; empty if it has none of them. */
    static String name(String given) {
        if (given == null) return "";
        var name = given.replaceAll("[^a-zA-Z0-9_-]+", "_");
        return name.matches("_*") ? "" : name.substring(0, Math.min(64, name.length()));
    }

    private static Tool tool(String name, McpSchema.Tool tool, List<String> notes) {
        var description = Optional.ofNullable(tool.description()).orElse(Optional.ofNullable(tool.title()).orElse(""));
        var definition = JsonNodeFactory.instance.objectNode().put("type", "function");
        var function = definition.putObject("function").put("name", name).put("description",
                UntrustedText.line(description, LONGEST_DESCRIPTION));
        function.set("parameters", JsonNodeFactory.instance.objectNode());
        var fault = setSchema(function, tool.inputSchema(), name, definition);
        fault.ifPresent(why -> notes.add("The arguments of the tool " + name + " may be any object, since its schema " + why));
        return new Tool(name, definition);
    }

    /**
     * Sets the schema of its arguments if it can be honoured.
     *
     * @return why not
     */
    private static Optional<String> setSchema(ObjectNode function, Map<String, Object> given, String name, ObjectNode definition) {
        if (given == null) return Optional.of("is missing.");
        try {
            var schema = JSON.<JsonNode>valueToTree(given);
            if (depth(schema, 0) > DEEPEST_SCHEMA || schema.toString().length() > LONGEST_SCHEMA) return Optional.of("is too large.");
            if (!schema.path("type").asText().equals("object")) return Optional.of("is none of an object.");
            function.set("parameters", cleaned(schema));
            new Tool(name, definition).arguments();
            return Optional.empty();
        } catch (GrammarException e) {
            function.set("parameters", JsonNodeFactory.instance.objectNode());
            return Optional.of("cannot be honoured: " + UntrustedText.line(e.getMessage(), 300));
        } catch (IllegalArgumentException | StackOverflowError e) {
            function.set("parameters", JsonNodeFactory.instance.objectNode());
            return Optional.of("cannot be read.");
        }
    }

    private static int depth(JsonNode node, int above) {
        if (above > DEEPEST_SCHEMA || !node.isContainerNode()) return above;
        var deepest = above + 1;
        for (var child : node) deepest = Math.max(deepest, depth(child, above + 1));
        return deepest;
    }

    private static JsonNode cleaned(JsonNode node) {
        return switch (node) {
            case TextNode text -> TextNode.valueOf(UntrustedText.line(text.textValue(), LONGEST_DESCRIPTION));
            case ObjectNode object -> {
                var copy = JsonNodeFactory.instance.objectNode();
                object.properties().forEach(p -> copy.set(UntrustedText.line(p.getKey(), LONGEST_DESCRIPTION), cleaned(p.getValue())));
                yield copy;
            }
            case ArrayNode array -> {
                var copy = JsonNodeFactory.instance.arrayNode();
                array.forEach(item -> copy.add(cleaned(item)));
                yield copy;
            }
            default -> node;
        };
    }
}
