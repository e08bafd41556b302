package dev.parley.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the rules of a schema allow is accepted by networknt's validator, and what they should allow they do. */
@Execution(ExecutionMode.CONCURRENT)
class JsonSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Each case of json-schemas.json: a schema, texts that are to be allowed, and texts that are not. */
    record Case(String name, JsonNode schema, List<String> allowed, List<String> refused) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        var cases = new ArrayList<Case>();
        try (var file = JsonSchemaTest.class.getResourceAsStream("json-schemas.json")) {
            for (var one : JSON.readTree(file))
                cases.add(new Case(one.path("name").asText(), one.path("schema"), texts(one.path("allowed")), texts(one.path("refused"))));
        }
        return cases.stream();
    }

    private static List<String> texts(JsonNode list) {
        var texts = new ArrayList<String>();
        list.forEach(text -> texts.add(text.isTextual() ? text.asText() : text.toString()));
        return texts;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsAllowedIsAccepted(Case one) throws IOException {
        var grammar = Grammar.ofJsonSchema(one.schema.toString());
        var config = SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        var judge = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(one.schema, config);
        for (var text : one.allowed) {
            assertTrue(grammar.matches(text), () -> text + " is not allowed");
            assertEquals(List.of(), List.copyOf(judge.validate(JSON.readTree(text))), text);
        }
        for (var text : one.refused) assertFalse(grammar.matches(text), () -> text + " is allowed");
        var random = new SplittableRandom(one.name.hashCode());
        var drawn = 0;
        for (int i = 0; i < 100; i++) {
            var text = Walk.draw(grammar, random, 20 + i);
            if (text.isEmpty() || one.name.equals("email")) continue; // the judge knows which top-level domains there are
            assertEquals(List.of(), List.copyOf(judge.validate(JSON.readTree(text.get()))), text.get());
            drawn++;
        }
        assertTrue(drawn > 10 || List.of("a pattern somewhere", "email").contains(one.name), () -> "few texts come to an end");
    }

    static Stream<List<String>> refusals() {
        return Stream.of(List.of("{", "not JSON"), List.of("[]", "neither an object"), List.of("{\"type\": \"text\"}", "\"text\""),
                List.of("{\"not\": {}}", "not"),
                List.of("{\"$ref\": \"other.json\"}", "other.json"), List.of("{\"$ref\": \"#/$defs/x\"}", "not there"),
                List.of("{\"$ref\": \"#\"}", "left-recursive"),
                List.of("{\"allOf\": [{\"$ref\": \"#\"}]}", "without an end"),
                List.of("{\"type\": \"string\", \"pattern\": \"\\\\bx\"}", "#"),
                List.of("{\"type\": \"string\", \"pattern\": \"(?<=a)\"}", "looking back"),
                List.of("{\"type\": \"integer\", \"multipleOf\": 7}", "multipleOf"),
                List.of("{\"type\": \"array\", \"uniqueItems\": true}", "uniqueItems"),
                List.of("{\"oneOf\": [{\"type\": \"integer\"}, {\"minimum\": 3, \"type\": \"number\"}]}", "oneOf"),
                List.of("{\"enum\": []}", "enum"), List.of("{\"type\": \"integer\", \"minimum\": 5, \"maximum\": 4}", "below"),
                List.of("{\"type\": \"string\", \"enum\": [1]}", "no value"),
                List.of("{\"type\": \"string\", \"minLength\": 2, \"pattern\": \"^a$\"}", "no string"),
                List.of("{\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"a\"]}", "requires the property a"),
                List.of("{\"properties\": {\"a\": {\"properties\": {\"b\": {\"contains\": {}}}}}}", "#/properties/a/properties/b"),
                List.of("{\"properties\": {\"a\": {\"$ref\": \"#\"}}, \"required\": [\"a\"]}", "cannot come to an end"),
                List.of("{\"type\": \"string\", \"maxLength\": 1e9}", "maxLength"), List.of("false", "cannot come to an end"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatCannotBeHonouredIsRefusedByName(List<String> refusal) {
        var e = assertThrows(GrammarException.class, () -> Grammar.ofJsonSchema(refusal.getFirst()));
        assertTrue(e.getMessage().contains(refusal.getLast()), e.getMessage());
    }

    /** Schemas that were damaged are compiled or refused, and nothing else happens. */
    @Test
    void damagedSchemasAreRefusedOrRead() throws IOException {
        var random = new SplittableRandom(1);
        var schemas = cases().map(c -> c.schema.toString()).toList();
        for (int i = 0; i < 6_000; i++) {
            var text = new StringBuilder(schemas.get(random.nextInt(schemas.size())));
            for (int n = random.nextInt(1, 4); n > 0 && !text.isEmpty(); n--) {
                var at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, "{}[]\",:01-#".charAt(random.nextInt(11)));
                    case 2 -> text.setCharAt(at, (char) random.nextInt(32, 127));
                    default -> text.replace(at, Math.min(text.length(), at + 10),
                            new String[] {"null", "true", "[]", "{}", "1e99", "-1", "\"$ref\":\"#\"", "\"type\":"}[random.nextInt(8)]);
                }
            }
            try {
                Grammar.ofJsonSchema(text.toString());
            } catch (GrammarException e) {
                assertTrue(e.getMessage().endsWith("."), e.getMessage());
            }
        }
    }
}
