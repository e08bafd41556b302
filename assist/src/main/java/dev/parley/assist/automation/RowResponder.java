package dev.parley.assist.automation;

import java.util.concurrent.CompletableFuture;

/** Answers prompts, many at once. */
public interface RowResponder {

    /**
     * Begins to answer and returns at once.
     *
     * @param seed of the random choices
     * @throws UnusablePromptException if the prompt is empty or leaves no room for an answer
     */
    Reply ask(String prompt, long seed);

    /** An answer on its way. */
    interface Reply {

        /** The answer, once it is whole. */
        CompletableFuture<Answer> answer();

        /** Ends it; what comes of it is of no interest any more. */
        void cancel();
    }

    /**
     * An answer.
     *
     * @param cutOff whether it ended at the limit of tokens and not of itself
     */
    record Answer(String text, int tokens, boolean cutOff) {}

    /** A prompt that cannot be answered: it is empty, or leaves no room for an answer. */
    final class UnusablePromptException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        /**
         * Makes one.
         *
         * @param message what is wrong with it, as how long it is and may be
         */
        public UnusablePromptException(String message) {
            super(message);
        }
    }

    /** An assistant that has its own reasons not to let the model write. */
    final class DeclinedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        /**
         * Makes one.
         *
         * @param message the reason, as the guardrail that decided
         */
        public DeclinedException(String message) {
            super(message);
        }
    }
}
