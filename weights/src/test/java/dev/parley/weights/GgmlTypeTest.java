package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two blocks of random bytes of each type, and the numbers that llama.cpp's Python package gguf makes of them. */
class GgmlTypeTest {

    static Stream<Map.Entry<String, JsonNode>> blocks() throws IOException {
        try (var in = GgmlTypeTest.class.getResourceAsStream("/ggml-blocks.json")) {
            return new ObjectMapper().readTree(in).properties().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void blocksAreTheNumbersOfTheReference(Map.Entry<String, JsonNode> block) {
        var type = GgmlType.of(block.getValue().path("id").asInt()).orElseThrow();
        assertEquals(block.getKey(), type.name());
        var bytes = HexFormat.of().parseHex(block.getValue().path("bytes").asText());
        var expected = block.getValue().path("numbers");
        assertEquals(bytes.length, type.bytes(expected.size()));
        var numbers = new float[expected.size() + 1];
        type.widen(MemorySegment.ofArray(bytes), 0, expected.size(), numbers, 1);
        for (int i = 0; i < expected.size(); i++)
            assertEquals((float) expected.path(i).asDouble(), numbers[i + 1], block.getKey() + " " + i);
    }

    @Test
    void everyTypeOfBlocksHasAReference() throws IOException {
        var blocks = IntStream.range(0, GgmlType.values().length).filter(i -> GgmlType.values()[i].blockSize() > 1).count();
        assertEquals(blocks, blocks().count());
    }

    @Test
    void typesThatAreNotReadHaveNamesToo() {
        assertEquals("IQ2_XXS", GgmlType.nameOf(16));
        assertEquals("Q5_0", GgmlType.nameOf(6));
        assertEquals("number 99", GgmlType.nameOf(99));
        for (int id = 0; id <= 30; id++) assertFalse(GgmlType.nameOf(id).startsWith("number"), "number " + id);
    }
}
