package dev.parley.serve.chat.running;

import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.history.AnswerToken.Alternative;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelPool.Lease;
import dev.parley.serve.models.ModelSource;
import dev.parley.serve.models.ServedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers as a test tells it to. */
final class FakeChatEngine extends ChatEngine {

    /** An answer that a test writes. */
    static final class Job {

        final Question question;
        private final Lease lease;
        private final RunningAnswer answer;
        private int count;
        volatile boolean cancelled;

        Job(Lease lease, Question question, RunningAnswer answer) {
            this.lease = lease;
            this.question = question;
            this.answer = answer;
            for (var token : question.begun()) answer.log().add(token.text(), List.of(token));
            count = question.begun().size();
        }

        /** Says so many tokens of one letter. */
        void say(int tokens) {
            for (int i = 0; i < tokens; i++) {
                answer.log().add("x", List
                        .of(new AnswerToken(count, "x", -0.5, List.of(new Alternative(count, "x", -0.5), new Alternative(99, "y", -1)))));
                count++;
            }
        }

        void end(String reason) {
            lease.close();
            answer.end(new Ended(reason, 3, count, 1, 0));
        }

        void fail(String sentence) {
            lease.close();
            answer.fail(sentence);
        }
    }

    final List<Job> jobs = new CopyOnWriteArrayList<>();
    final List<Lease> leases = new CopyOnWriteArrayList<>(); // that were not given back
    private final List<Runnable> beforeBegun = new ArrayList<>();
    private boolean cancelEnds = true;

    FakeChatEngine() {
        super(new ModelPool(List.of(new ModelSource("fake", List.of(), 1, 100, () -> {
            throw new IllegalStateException("No model is asked.");
        })), 1, new Limits(1, 1, 1, 1), Duration.ZERO));
    }

    /** Does something while an answer is about to begin. */
    void beforeBegun(Runnable work) {
        beforeBegun.add(work);
    }

    /** From now on answers do not end when they are asked to. */
    void ignoreCancel() {
        cancelEnds = false;
    }

    /** A model that gives nothing but its name. */
    @Override
    Lease open(Optional<String> name, String owner) {
        var lease = new Lease() {
            @Override
            public String id() {
                return name.orElse("fake");
            }

            @Override
            public ServedModel model() {
                throw new IllegalStateException("No model is asked.");
            }

            @Override
            public void close() {
                leases.remove(this);
            }
        };
        leases.add(lease);
        return lease;
    }

    @Override
    Runnable answer(Lease lease, Question question, RunningAnswer to) {
        if (question.settings().has("refuse")) throw ApiError.badRequest("settings.refuse", "This is refused.");
        to.reserve(3 + question.begun().size(), 100, true);
        var job = new Job(lease, question, to);
        jobs.add(job);
        beforeBegun.forEach(Runnable::run);
        return () -> {
            if (job.cancelled || !cancelEnds) return;
            job.cancelled = true;
            job.end("cancelled");
        };
    }

    /** A token for each message. */
    @Override
    AnsweredText.Tokens tokens(Question answered, ServedModel model) {
        return new AnsweredText.Tokens(new int[answered.messages().size()], new int[answered.begun().size()]);
    }

    @Override
    String modelId(String name, String owner) {
        return name;
    }
}
