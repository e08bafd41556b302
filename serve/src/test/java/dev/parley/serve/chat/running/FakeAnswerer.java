package dev.parley.serve.chat.running;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.history.AnswerToken.Alternative;
import dev.parley.serve.http.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/** Answers as a test tells it to. */
final class FakeAnswerer implements Answerer {

    /** An answer that a test writes. */
    static final class Job {

        final Question question;
        private final Listener listener;
        private int count;
        volatile boolean cancelled;

        Job(Question question, Listener listener) {
            this.question = question;
            this.listener = listener;
            for (var token : question.begun()) listener.onTokens(token.text(), List.of(token));
            count = question.begun().size();
        }

        /** Says so many tokens of one letter. */
        void say(int tokens) {
            for (int i = 0; i < tokens; i++) {
                listener.onTokens("x", List.of(new AnswerToken(count, "x", -0.5, List.of(new Alternative(count, "x", -0.5), new Alternative(99, "y", -1)))));
                count++;
            }
        }

        void end(String reason) {
            listener.onEnd(new Ended(reason, 3, count, 1, 0));
        }

        void fail(String sentence) {
            listener.onFailure(sentence);
        }
    }

    final List<Job> jobs = new CopyOnWriteArrayList<>();
    private final List<Runnable> beforeBegun = new ArrayList<>();
    private boolean cancelEnds = true;

    /** Does something while an answer is about to begin. */
    void beforeBegun(Runnable work) {
        beforeBegun.add(work);
    }

    /** From now on answers do not end when they are asked to. */
    void ignoreCancel() {
        cancelEnds = false;
    }

    @Override
    public Running answer(Question question, Listener listener) {
        if (question.settings().has("refuse")) throw ApiError.badRequest("settings.refuse", "This is refused.");
        listener.reserve(3 + question.begun().size(), 100, true);
        var job = new Job(question, listener);
        jobs.add(job);
        beforeBegun.forEach(Runnable::run);
        return () -> {
            if (job.cancelled || !cancelEnds) return;
            job.cancelled = true;
            job.end("cancelled");
        };
    }

    @Override
    public Attention attention(Question question, LongConsumer reads) {
        reads.accept(question.messages().size());
        var count = question.messages().size() + question.begun().size();
        return new Attention(IntStream.range(0, count).mapToObj(String::valueOf).toList(), question.messages().size(), new float[1][1][count]);
    }

    @Override
    public String modelId(Optional<String> name) {
        return name.orElse("fake");
    }

    @Override
    public Models models() {
        return new Models(List.of(new Model("fake", List.of(), "ready", 100, true, JsonNodeFactory.instance.objectNode(), List.of(), Optional.empty())), "fake");
    }
}
