package dev.parley.data.tasks;

import dev.parley.data.HeldOut;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What a common word means. What is held out is the pairing of a word with a way to ask: the meaning itself must have been read. */
public final class Definitions implements Task {

    private static final int EVERY = 4;
    private static final List<String> PHRASINGS = List.of("What does %s mean?", "What is the meaning of %s?", "Define %s.",
            "Define the word %s.", "Explain the word %s.", "Tell me what %s means.");

    private final List<Map.Entry<String, String>> definitions;

    /** @param definitions by word */
    public Definitions(Map<String, String> definitions) {
        this.definitions = List.copyOf(definitions.entrySet());
    }

    @Override
    public String name() {
        return "defining";
    }

    @Override
    public Example train(RandomGenerator random) {
        return make(random, false);
    }

    @Override
    public Example heldOut(RandomGenerator random) {
        return make(random, true);
    }

    private Example make(RandomGenerator random, boolean heldOut) {
        while (true) {
            var definition = definitions.get(random.nextInt(definitions.size()));
            var prompt = PHRASINGS.get(random.nextInt(PHRASINGS.size())).formatted(definition.getKey());
            if (HeldOut.of(prompt, EVERY) == heldOut) return new Example(prompt, definition.getKey() + ": " + definition.getValue() + ".");
        }
    }
}
