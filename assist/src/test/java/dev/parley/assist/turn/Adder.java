package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.tools.ToolResult;
import dev.parley.assist.tools.ToolSource;
import dev.parley.generate.tools.Tool;
import java.util.List;

/** A source with one tool, which adds two numbers, or says what it is told to say. */
final class Adder implements ToolSource {

    @Override
    public String name() {
        return "numbers";
    }

    @Override
    public List<Tool> tools() {
        var definition = JsonNodeFactory.instance.objectNode().put("type", "function");
        definition.putObject("function").put("name", "add").put("description", "Adds a and b.").putObject("parameters").put("type",
                "object");
        return List.of(new Tool("add", definition));
    }

    @Override
    public ToolResult call(String tool, ObjectNode arguments) {
        if (arguments.has("say")) return new ToolResult(arguments.path("say").asText(), false);
        return new ToolResult(Integer.toString(arguments.path("a").asInt() + arguments.path("b").asInt()), false);
    }

    @Override
    public void close() {}
}
