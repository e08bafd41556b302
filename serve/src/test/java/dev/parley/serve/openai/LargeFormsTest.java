package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.TestServer;
import dev.parley.serve.http.JsonBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forms that are large as agents' are, and how what cannot be honoured is named. */
class LargeFormsTest {

    private static final String NOTE = """
            {"type": "function", %s"name": "%s", "parameters": {"type": "object", "properties": {"text": {"type": "string", "maxLength": 4000}}, "required": ["text"]}%s}""";

    private static final TestServer server = TestServer.shared();

    private static String tools(boolean flat) {
        String before = flat ? "" : "\"function\": {", after = flat ? "" : "}";
        return "[" + NOTE.formatted(before, "note", after) + ", " + NOTE.formatted(before, "mail", after) + "]";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/v1/chat/completions | false | \"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 3, \"tool_choice\": "
                + "\"required\"",
        "/v1/chat/completions | false | \"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 3, \"response_format\": "
                + "{\"type\": \"json_object\"}",
        "/v1/responses | true | \"input\": \"x\", \"max_output_tokens\": 16, \"tool_choice\": \"required\""})
    void twoToolsOfLongTextsAreServed(String path, boolean flat, String fields) throws Exception {
        var answer = server.post(path, "{" + fields + ", \"tools\": " + tools(flat) + "}");
        assertEquals(200, answer.statusCode(), () -> answer.body() + server.notes());
    }

    @Test
    void whatCannotBeHonouredIsNamed() throws Exception {
        var tool = NOTE.formatted("\"function\": {", "find", "}").replace("\"maxLength\": 4000", "\"pattern\": \"(?<=x)y\"");
        var answer = server.post("/v1/chat/completions",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"tool_choice\": \"required\", \"tools\": ["
                        + NOTE.formatted("\"function\": {", "note", "}") + ", " + tool + "]}");
        assertEquals(400, answer.statusCode(), answer::body);
        var error = JsonBody.JSON.readTree(answer.body()).path("error");
        assertEquals("tools[1].function.parameters", error.path("param").asText());
        for (var said : new String[] {"find", "#/properties/text", "pattern"})
            assertTrue(error.path("message").asText().contains(said), error.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"x\": 0", "\"parameters\": {\"type\": \"object\", \"properties\": {}}", "\"parameters\": null"})
    void aFunctionWithoutParametersIsCalledWithNone(String parameters) throws Exception {
        var answer = server.post("/v1/chat/completions",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 100, \"temperature\": 1, \"seed\": 3, "
                        + "\"parallel_tool_calls\": false, \"tool_choice\": \"required\", \"tools\": [{\"type\": \"function\", "
                        + "\"function\": {\"name\": \"now\", "
                        + parameters + "}}]}");
        assertEquals(200, answer.statusCode(), answer::body);
        var call = JsonBody.JSON.readTree(answer.body()).at("/choices/0/message/tool_calls/0/function");
        assertEquals("now", call.path("name").asText(), answer.body());
        assertTrue(JsonBody.JSON.readTree(call.path("arguments").asText()).isEmpty(), answer.body());
    }
}
