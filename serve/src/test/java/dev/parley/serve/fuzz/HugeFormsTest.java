package dev.parley.serve.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.serve.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Forms that would take a compiler's stack, time or memory are refused, or done. */
@Timeout(120)
class HugeFormsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MANY = 20_000;

    @Test
    void aFormThatIsTooMuchIsRefusedAndTheNextRequestIsServed() throws Exception {
        var nested = "(".repeat(MANY) + "a" + ")".repeat(MANY);
        var rules = new StringBuilder("root ::= r0\n");
        for (int i = 0; i < 2_000; i++) rules.append("r").append(i).append(" ::= r").append(i + 1).append('\n');
        try (var server = TestServer.start()) {
            for (var form : List.of(Map.of("regex", nested), Map.of("regex", "((a?){1000}){1000}"),
                    Map.of("regex", "(?:(?:(?:){100000}){100000}){100000}a"),
                    Map.of("regex", "(?:(?:(?:|){100000}){100000}){100000}a"),
                    Map.of("grammar", "root ::= (((\"\"{100000}){100000}){100000}) \"a\""),
                    Map.of("response_format",
                            Map.of("type", "json_schema", "json_schema",
                                    Map.of("schema",
                                            Map.of("type", "string", "pattern", "((.{0,1000}){0,1000}){0,1000}$", "maxLength", 100_000)))),
                    Map.of("regex", "((a{1000}){1000}){1000}"), Map.of("regex", "a?".repeat(MANY)), Map.of("regex", "[a-z]*".repeat(5_000)),
                    Map.of("regex", "[a-z]*".repeat(30_000)),
                    Map.of("grammar", "root ::= " + nested.replace("a", "\"a\"")), Map.of("grammar", rules + "r2000 ::= \"a\""),
                    Map.of("grammar", "root ::= " + "\"a\" | ".repeat(8_000) + "\"b\""),
                    Map.of("grammar", "root ::= root"), Map.of("choice", List.of("x".repeat(150_000), "y")))) {
                var body = JSON.createObjectNode().put("prompt", "x").put("max_tokens", 1);
                form.forEach((name, value) -> body.set(name, JSON.valueToTree(value)));
                var answer = server.post("/v1/completions", body.toString());
                assertTrue(answer.statusCode() == 200 || answer.statusCode() == 400,
                        () -> answer.statusCode() + " " + answer.body() + server.notes());
                assertEquals(200, server.post("/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 1}").statusCode());
            }
        }
    }
}
