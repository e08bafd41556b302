package dev.parley.data.tasks;

import dev.parley.data.HeldOut;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Tasks on the letters of a word, which a model sees as tokens of several letters: spelling it, counting its letters,
 * reversing it. A held-out word is trained in none of them, and neither is its reverse. The answers spell first and then
 * conclude, so that each step is small.
 */
public final class Words extends CaseTask<String> {

    private static final int EVERY = 12;

    private final List<String> phrasings;
    private final UnaryOperator<String> answer;
    private final List<String> train;
    private final List<String> heldOut;
    private final HeldOut examined;

    /** @param words most common first; held-out words come from the first {@code common} */
    private Words(String name, List<String> phrasings, UnaryOperator<String> answer, List<String> words, int common, HeldOut examined) {
        super(name);
        this.phrasings = phrasings;
        this.answer = answer;
        this.examined = examined;
        train = words.stream().filter(w -> !isHeldOut(w)).toList();
        heldOut = words.stream().limit(common).filter(this::isHeldOut).toList();
    }

    /** A word goes with its reverse: "r a t: t a r" spells tar, too. */
    @Override
    boolean isHeldOut(String word) {
        var reversed = reversed(word);
        return examined.has(word.compareTo(reversed) < 0 ? word : reversed, EVERY);
    }

    private static String reversed(String word) {
        return new StringBuilder(word).reverse().toString();
    }

    /**
     * Spell a word: {@code c a t}.
     *
     * @param words the commonest first
     * @param common how many of the first may be asked in the exam
     * @param examined which words are kept for the exam, and never trained on
     */
    public static Words spelling(List<String> words, int common, HeldOut examined) {
        return new Words("spelling", List.of("Spell the word %s.", "Spell %s.", "How do you spell %s?", "Can you spell %s?",
                "Please spell the word %s.", "What are the letters of %s?"), Words::spelled, words, common, examined);
    }

    /** Count its letters: {@code c a t: 3}; see {@link #spelling}. */
    public static Words counting(List<String> words, int common, HeldOut examined) {
        return new Words("counting letters", List.of("How many letters are in %s?", "How many letters does %s have?",
                "Count the letters of %s.", "How long is the word %s?"), w -> spelled(w) + ": " + w.length(), words, common, examined);
    }

    /** Reverse it: {@code c a t: t a c}; see {@link #spelling}. */
    public static Words reversing(List<String> words, int common, HeldOut examined) {
        return new Words("reversing", List.of("Reverse the word %s.", "Reverse %s.", "Spell %s backwards.", "What is %s backwards?"),
                w -> spelled(w) + ": " + spelled(reversed(w)), words, common, examined);
    }

    private static String spelled(String word) {
        return word.chars().mapToObj(Character::toString).collect(Collectors.joining(" "));
    }

    @Override
    String draw(RandomGenerator random) {
        // Common words come more often: the square of a uniform number leans to the front of the list.
        var u = random.nextDouble();
        return train.get((int) (u * u * train.size()));
    }

    /** Each word once. */
    @Override
    List<String> heldOutCases(RandomGenerator random) {
        return heldOut;
    }

    @Override
    Example example(String word, RandomGenerator random) {
        return new Example(phrasings.get(random.nextInt(phrasings.size())).formatted(word), answer.apply(word));
    }
}
