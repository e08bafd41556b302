package dev.parley.generate.tools;

/** Reads the calls of one format character by character, from the first of their marker on. */
interface CallScanner {

    /** What has become of them. */
    enum State {

        /** More is to come. */
        OPEN,

        /** They have ended with this character; what follows is text again. */
        OVER,

        /** What has come since the last call that was whole is none. */
        NO_CALL
    }

    /** Is told what is read. */
    interface Sink {

        /** A call has begun: its name is known, and it is no text. */
        void onName(String name);

        /** More of its arguments, as JSON. */
        void onArguments(String json);

        /** It is whole. */
        void onEnd();
    }

    /** The next character. */
    State push(char c);
}
