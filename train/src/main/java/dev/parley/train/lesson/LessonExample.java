package dev.parley.train.lesson;

import dev.parley.data.chat.PreferenceRows.PairRows;
import dev.parley.model.TrainingExample;
import dev.parley.model.TrainingRow;
import dev.parley.train.objective.Thumb;
import java.util.List;

/** A piece of what a lesson learns, in tokens: each kind is learned by a method of its own. */
sealed interface LessonExample extends TrainingExample {

    /** What is behind it, as the method that learns it takes it. */
    TrainingExample content();

    @Override
    default List<TrainingRow> rows() {
        return content().rows();
    }

    @Override
    default int mark() {
        return content().mark();
    }

    /** An answer to be given as it is. */
    record Wanted(TrainingRow content) implements LessonExample {}

    /** An answer that the model gave before, to something else: it is to stay as it is. */
    record Kept(TrainingRow content) implements LessonExample {}

    /** A better answer and a worse one. */
    record Compared(PairRows content) implements LessonExample {}

    /** An answer with a thumb. */
    record Judged(Thumb content) implements LessonExample {}
}
