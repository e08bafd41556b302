package dev.parley.serve.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parley.serve.answer.Refused;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {

    private static int refused(RequestMemory.Share share, String owner, long bytes) {
        return assertThrows(Refused.class, () -> share.take(owner, bytes)).status();
    }

    @Test
    void whatOneRequestCannotHaveIsTooLargeAndWhatOthersHaveIsBusy() {
        var memory = new RequestMemory(1000, 600);
        RequestMemory.Share first = memory.new Share(), second = memory.new Share(), third = memory.new Share();
        first.take("ada", 300);
        first.take("ada", 300);
        assertEquals(503, refused(second, "ada", 1), "one caller has no more than their part");
        third.take("bob", 400);
        assertEquals(503, refused(memory.new Share(), "eve", 1), "all is taken");
        assertEquals(413, refused(first, "ada", 1));
        assertEquals(400, memory.taken(), "who is refused has nothing any more");
        var fourth = memory.new Share();
        fourth.take("ada", 600);
        fourth.end();
        third.end();
        assertEquals(0, memory.taken());
        assertEquals(503, refused(third, "bob", 1), "a request that is over takes no more");
    }
}
