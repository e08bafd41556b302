package dev.parley.assist.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.tools.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ToolboxTest {

    /** Says who was called. */
    private record Named(String name, List<Tool> tools) implements ToolSource {

        Named(String name, String... tools) {
            this(name, Stream.of(tools).map(tool -> new Tool(tool,
                    JsonNodeFactory.instance.objectNode().set("function", JsonNodeFactory.instance.objectNode().put("name", tool))))
                    .toList());
        }

        @Override
        public ToolResult call(String tool, ObjectNode arguments) {
            return new ToolResult(name + " did " + tool, false);
        }

        @Override
        public void close() {}
    }

    @Test
    void aNameThatTwoSourcesShareIsPrefixedByTheirs() {
        try (var tools = toolbox((source, tool, arguments) -> true)) {
            var listed = tools.tools();
            assertEquals(List.of("my_files_search", "read", "web_search", "web_search_2"), listed.stream().map(Tool::name).toList());
            for (var tool : listed) assertEquals(tool.name(), tool.definition().at("/function/name").asText());
            assertEquals("my files did search", tools.call("my_files_search", none()).text());
            assertEquals("my files did read", tools.call("read", none()).text());
            assertEquals("web did search", tools.call("web_search", none()).text());
            assertEquals("other did web_search", tools.call("web_search_2", none()).text());
            assertEquals("my files/search", tools.origin("my_files_search").orElseThrow().address());
        }
    }

    private static Toolbox toolbox(Consent consent) {
        return new Toolbox(List.of(new Named("my files", "search", "read"), new Named("web", "search"), new Named("other", "web_search")),
                consent);
    }

    @Test
    void aCallWithoutConsentIsNotMade() {
        var asked = new ArrayList<String>();
        var consent = Consent.allowList(Set.of("my files/read", "web/*"), (source, tool, arguments) -> {
            asked.add(source + "/" + tool + arguments);
            return false;
        });
        try (var tools = toolbox(consent)) {
            tools.tools();
            assertEquals(new ToolResult("my files did read", false), tools.call("read", none()));
            assertEquals(new ToolResult("web did search", false), tools.call("web_search", none()));
            assertEquals(new ToolResult("The user did not allow this call of my_files_search.", true),
                    tools.call("my_files_search", none().put("q", 1)));
            assertEquals(List.of("my files/search{\"q\":1}"), asked);
        }
    }

    @Test
    void aToolThatThereIsNotIsAResultThatNamesThoseThatThereAre() {
        try (var tools = toolbox((source, tool, arguments) -> true)) {
            tools.tools();
            var result = tools.call("sea\u001brch", none());
            assertTrue(result.isError());
            assertEquals("There is no tool search; there are: my_files_search, read, web_search, web_search_2.", result.text());
        }
    }

    private static ObjectNode none() {
        return JsonNodeFactory.instance.objectNode();
    }
}
