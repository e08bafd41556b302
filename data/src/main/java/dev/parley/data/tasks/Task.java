package dev.parley.data.tasks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Questions with answers that code can make without end, of which some are never trained on. */
public interface Task {

    /** A short name, such as {@code spelling}. */
    String name();

    /** A case to train on; never one that is held out. */
    Example train(RandomGenerator random);

    /** All cases that are never trained on, no two of which differ in their phrasing alone. */
    List<Example> heldOut(RandomGenerator random);

    /** Whether an answer is right. */
    default boolean correct(Example example, String answer) {
        return answer.strip().equals(example.answer());
    }

    /** Some of the cases that are never trained on; fewer than {@code n} where there are not so many. */
    default List<Example> heldOut(int n, long seed) {
        var random = new Random(seed);
        var cases = new ArrayList<>(heldOut(random));
        Collections.shuffle(cases, random);
        return List.copyOf(cases.subList(0, Math.min(n, cases.size())));
    }
}
