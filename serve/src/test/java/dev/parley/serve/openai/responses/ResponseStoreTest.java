package dev.parley.serve.openai.responses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.openai.responses.ResponseStore.Limits;
import dev.parley.serve.openai.responses.ResponseStore.Stored;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResponseStoreTest {

    private static void put(ResponseStore store, String owner, String id, long characters) {
        store.put(id, new Stored(owner, JsonNodeFactory.instance.objectNode(), JsonNodeFactory.instance.arrayNode(), characters));
    }

    private static List<String> kept(ResponseStore store, String owner, String... ids) {
        return Stream.of(ids).filter(id -> store.get(owner, id).isPresent()).toList();
    }

    @Test
    void nobodyReadsOrForgetsAnothersResponse() {
        var store = new ResponseStore(Limits.DEFAULT);
        put(store, "ada", "resp_1", 10);
        assertTrue(store.get("bob", "resp_1").isEmpty());
        assertFalse(store.remove("bob", "resp_1"));
        assertTrue(store.get("ada", "resp_1").isPresent());
        assertTrue(store.remove("ada", "resp_1"));
        assertTrue(store.get("ada", "resp_1").isEmpty());
    }

    @Test
    void theOldestOfACallerLeaveWhereHeHasMany() {
        var store = new ResponseStore(new Limits(2, 100, 1_000));
        put(store, "bob", "b1", 10);
        for (var id : List.of("a1", "a2", "a3")) put(store, "ada", id, 10);
        assertEquals(List.of("a2", "a3"), kept(store, "ada", "a1", "a2", "a3"));
        assertEquals(List.of("b1"), kept(store, "bob", "b1"));
        put(store, "ada", "a4", 95);
        assertEquals(List.of("a4"), kept(store, "ada", "a2", "a3", "a4"));
    }

    @Test
    void theOldestOfAllLeaveWhereThereIsMuch() {
        var store = new ResponseStore(new Limits(10, 100, 250));
        put(store, "ada", "a1", 100);
        put(store, "bob", "b1", 100);
        put(store, "eve", "e1", 100);
        assertEquals(List.of(), kept(store, "ada", "a1"));
        assertEquals(List.of("b1"), kept(store, "bob", "b1"));
        assertEquals(List.of("e1"), kept(store, "eve", "e1"));
    }

    @Test
    void aResponseThatIsTooLargeIsNotKept() {
        var store = new ResponseStore(new Limits(10, 100, 250));
        put(store, "ada", "a1", 101);
        assertEquals(List.of(), kept(store, "ada", "a1"));
    }
}
