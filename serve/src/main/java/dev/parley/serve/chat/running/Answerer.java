package dev.parley.serve.chat.running;

import dev.parley.serve.chat.running.ChatEngine.Question;
import dev.parley.serve.models.ModelPool.Lease;

/** Who writes an answer: a model, or an assistant with one. */
interface Answerer {

    /** By which the answer tells who wrote it. */
    String name();

    /** Whether it is an assistant, which has instructions and settings of its own. */
    boolean isAssistant();

    /** Whether its answers are turns, of which more is told than tokens. */
    boolean isTurn();

    /**
     * Begins an answer.
     *
     * @return ends it where it is; its end tells when that is done
     * @throws dev.parley.serve.http.ApiError where it cannot be begun, with the status and the sentence to show
     */
    Runnable begin(Question question, RunningAnswer to);

    /** Gives back what an answer was to use that could not be begun. */
    void close();

    /** A model by itself. @param lease is given back when the answer ends */
    record OfModel(ChatEngine engine, Lease lease) implements Answerer {

        @Override
        public String name() {
            return lease.id();
        }

        @Override
        public boolean isAssistant() {
            return false;
        }

        @Override
        public boolean isTurn() {
            return false;
        }

        @Override
        public Runnable begin(Question question, RunningAnswer to) {
            return engine.answer(lease, question, to);
        }

        @Override
        public void close() {
            lease.close();
        }
    }
}
