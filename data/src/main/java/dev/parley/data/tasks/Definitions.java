package dev.parley.data.tasks;

import dev.parley.data.HeldOut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What a common word means. What is held out is the pairing of a word with a way to ask: the meaning itself must have been read. */
public final class Definitions extends CaseTask<Definitions.Asked> {

    private static final int EVERY = 4;
    private static final List<String> PHRASINGS = List.of("What does %s mean?", "What is the meaning of %s?", "Define %s.",
            "Define the word %s.", "Explain the word %s.", "Tell me what %s means.");

    private final List<Map.Entry<String, String>> definitions;
    private final HeldOut examined;

    /**
     * Makes the task from definitions.
     *
     * @param definitions by word
     * @param examined which questions are kept for the exam, and never trained on
     */
    public Definitions(Map<String, String> definitions, HeldOut examined) {
        super("defining");
        this.definitions = List.copyOf(definitions.entrySet());
        this.examined = examined;
    }

    /** A word and a way to ask for it. */
    record Asked(Map.Entry<String, String> definition, String phrasing) {

        private String prompt() {
            return phrasing.formatted(definition.getKey());
        }
    }

    @Override
    Asked draw(RandomGenerator random) {
        return new Asked(pick(definitions, random), pick(PHRASINGS, random));
    }

    /** Each word once, asked in one of the ways in which it is never trained. */
    @Override
    List<Asked> heldOutCases(RandomGenerator random) {
        var cases = new ArrayList<Asked>();
        for (var definition : definitions) {
            var ways = PHRASINGS.stream().map(phrasing -> new Asked(definition, phrasing)).filter(this::isHeldOut).toList();
            if (!ways.isEmpty()) cases.add(pick(ways, random));
        }
        return cases;
    }

    @Override
    boolean isHeldOut(Asked asked) {
        return examined.has(asked.prompt(), EVERY);
    }

    @Override
    Example example(Asked asked, RandomGenerator random) {
        return new Example(asked.prompt(), asked.definition().getKey() + ": " + asked.definition().getValue() + ".");
    }

    private static <T> T pick(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
