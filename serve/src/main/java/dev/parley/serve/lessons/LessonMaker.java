package dev.parley.serve.lessons;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Makes lessons beside a server: training takes another process, with libraries that the server does without. */
@FunctionalInterface
public interface LessonMaker {

    /**
     * What is wanted.
     *
     * @param model its name as it is served
     * @param folder of the model
     * @param user name of the user from whose feedback, and for whom alone; empty for everybody
     */
    record Order(String model, Path folder, Optional<String> user) {}

    /** Hears of a lesson that is being made, on any thread. */
    interface Watch {

        /**
         * How far it is.
         *
         * @param phase a name of what is being done
         * @param total of the phase; 0 where that is not known
         */
        void at(String phase, long done, long total);

        /**
         * It has ended; the lesson itself tells how. This is heard once, at last.
         *
         * @param fault why there is none, in a sentence, where it has no folder to tell that in
         */
        void ended(Optional<String> fault);
    }

    /** A lesson that is being made. */
    @FunctionalInterface
    interface Making {

        /** Ends it soon; its watch hears when it has. */
        void cancel();
    }

    /**
     * Begins to make a lesson.
     *
     * @throws IOException if that cannot be begun
     */
    Making make(Order order, Watch watch) throws IOException;
}
