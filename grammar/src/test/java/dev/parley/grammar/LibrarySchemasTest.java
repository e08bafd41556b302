package dev.parley.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Schemas as zod, Pydantic, schemars, Jackson, victools, LangChain4j, Spring AI and TypeBox write them: each is kept, and networknt's
 * validator is the judge.
 */
@Execution(ExecutionMode.CONCURRENT)
class LibrarySchemasTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SAMPLES = 50;

    /**
     * @param one of library-schemas.json: a schema, its draft, whether the judge knows its formats, and what the judge is given where it
     * cannot read the schema itself
     */
    record Case(JsonNode one) {

        @Override
        public String toString() {
            return one.path("name").asText();
        }
    }

    static Stream<Case> cases() throws IOException {
        var cases = new ArrayList<Case>();
        try (var file = LibrarySchemasTest.class.getResourceAsStream("library-schemas.json")) {
            JSON.readTree(file).forEach(one -> cases.add(new Case(one)));
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsWrittenIsValid(Case given) throws IOException {
        var grammar = Grammar.ofJsonSchema(given.one.path("schema").toString());
        var draft = switch (given.one.path("draft").asInt()) {
            case 4 -> VersionFlag.V4;
            case 7 -> VersionFlag.V7;
            default -> VersionFlag.V202012;
        };
        var config = SchemaValidatorsConfig.builder().formatAssertionsEnabled(given.one.path("formats").asBoolean(true)).build();
        var judge = JsonSchemaFactory.getInstance(draft)
                .getSchema(given.one.has("judge") ? given.one.path("judge") : given.one.path("schema"), config);
        var random = new SplittableRandom(given.toString().hashCode());
        var drawn = 0;
        for (int i = 0; i < 20 * SAMPLES && drawn < SAMPLES; i++) {
            var text = Walk.draw(grammar, random, 10 + i % 60);
            if (text.isEmpty()) continue;
            assertEquals(List.of(), List.copyOf(judge.validate(JSON.readTree(text.get()))), text.get());
            drawn++;
        }
        assertEquals(SAMPLES, drawn, "so many texts come to an end");
    }
}
