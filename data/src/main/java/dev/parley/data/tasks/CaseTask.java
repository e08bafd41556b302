package dev.parley.data.tasks;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A task on cases of which some are held out: what is trained is drawn among the others.
 *
 * @param <C> what a case is about, such as a word or a pair of numbers
 */
abstract class CaseTask<C> implements Task {

    private final String name;

    CaseTask(String name) {
        this.name = name;
    }

    /** Any case, held out or not. */
    abstract C draw(RandomGenerator random);

    /** Cases that are held out, no two of which mean the same. */
    abstract List<C> heldOutCases(RandomGenerator random);

    abstract boolean isHeldOut(C about);

    /** Asks about a case in training. */
    abstract Example example(C about, RandomGenerator random);

    /** Asks about a case in the exam. */
    Example examined(C about, RandomGenerator random) {
        return example(about, random);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Example train(RandomGenerator random) {
        while (true) {
            var about = draw(random);
            if (!isHeldOut(about)) return example(about, random);
        }
    }

    @Override
    public final List<Example> heldOut(RandomGenerator random) {
        return heldOutCases(random).stream().map(about -> examined(about, random)).toList();
    }
}
