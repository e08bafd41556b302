package dev.parley.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RequestMemoryTest {

    private static RequestMemory.Share share(RequestMemory memory, String owner) {
        var share = memory.new Share();
        share.belongsTo(owner);
        return share;
    }

    private static int refused(RequestMemory.Share share, long bytes) {
        return assertThrows(ApiError.class, () -> share.take(bytes)).status();
    }

    @Test
    void whatOneRequestCannotHaveIsTooLargeAndWhatOthersHaveIsBusy() {
        var memory = new RequestMemory(1000, 600);
        RequestMemory.Share first = share(memory, "ada"), second = share(memory, "ada"), third = share(memory, "bob");
        first.take(300);
        first.take(300);
        assertEquals(503, refused(second, 1), "one caller has no more than their part");
        third.take(400);
        assertEquals(503, refused(share(memory, "eve"), 1), "all is taken");
        assertEquals(413, refused(first, 1));
        assertEquals(400, memory.taken(), "who is refused has nothing any more");
        var fourth = share(memory, "ada");
        fourth.take(600);
        fourth.end();
        third.end();
        assertEquals(0, memory.taken());
        assertEquals(503, refused(third, 1), "a request that is over takes no more");
    }
}
