package dev.parley.data.tasks;

import java.util.List;
import java.util.random.RandomGenerator;

/** Questions with answers that code can make without end, of which some are never trained on. */
public interface Task {

    /** A short name, such as {@code spelling}. */
    String name();

    /** A case to train on; never one that could be held out. */
    Example train(RandomGenerator random);

    /** A case that is never trained on. */
    Example heldOut(RandomGenerator random);

    /** Whether an answer is right. */
    default boolean correct(Example example, String answer) {
        return answer.strip().equals(example.answer());
    }

    /** Different cases that are never trained on; fewer than {@code n} where there are not so many. */
    default List<Example> heldOut(int n, long seed) {
        var random = new java.util.SplittableRandom(seed);
        return java.util.stream.Stream.generate(() -> heldOut(random)).limit(50L * n).distinct().limit(n).toList();
    }
}
