package dev.parley.serve.chat.running;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.serve.accounts.Caller;
import dev.parley.serve.accounts.Meter;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What answers use of that which their askers may use. */
class CountedAnswersTest extends AnswersTest {

    @Test
    void tokensAreCountedAsTheCallers() throws InterruptedException {
        var id = ask();
        models.jobs.getFirst().say(4);
        models.jobs.getFirst().end("stop");
        await(id);
        while (spent.get() == 0) Thread.sleep(5);
        assertEquals(3 + 4, spent.get());
    }

    @Test
    void whatAnAnswerMayComeToIsSetAsideUntilItHasEnded() throws InterruptedException {
        var aside = new AtomicLong();
        var limited = new Caller("ada", "Ada", new Meter() {
            @Override
            public long reserve(long prompt, long most, boolean flexible) {
                aside.addAndGet(prompt + most);
                return most;
            }

            @Override
            public void settle(long reserved, long used) {
                aside.addAndGet(-reserved);
            }
        });
        var answer = answers.answer(limited, conversation.id(), question, Optional.empty(), none());
        assertEquals(103, aside.get());
        models.jobs.getFirst().say(1);
        models.jobs.getFirst().fail("A fault.");
        await(answer.id());
        while (aside.get() != 0) Thread.sleep(5);
        models.beforeBegun(() -> conversations.delete("ada", conversation.id()));
        assertEquals(404, status(() -> answers.answer(limited, conversation.id(), question, Optional.empty(), none())));
        assertEquals(0, aside.get(), "what was not begun uses nothing");
    }
}
