package dev.parley.data.tasks;

import dev.parley.data.HeldOut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What a common word means. What is held out is the pairing of a word with a way to ask: the meaning itself must have been read. */
public final class Definitions implements Task {

    private static final int EVERY = 4;
    private static final List<String> PHRASINGS = List.of("What does %s mean?", "What is the meaning of %s?", "Define %s.",
            "Define the word %s.", "Explain the word %s.", "Tell me what %s means.");

    private final List<Map.Entry<String, String>> definitions;
    private final HeldOut examined;

    /** @param definitions by word */
    public Definitions(Map<String, String> definitions, HeldOut examined) {
        this.definitions = List.copyOf(definitions.entrySet());
        this.examined = examined;
    }

    @Override
    public String name() {
        return "defining";
    }

    @Override
    public Example train(RandomGenerator random) {
        while (true) {
            var definition = definitions.get(random.nextInt(definitions.size()));
            var prompt = PHRASINGS.get(random.nextInt(PHRASINGS.size())).formatted(definition.getKey());
            if (!examined.has(prompt, EVERY)) return example(prompt, definition);
        }
    }

    /** Each word once, asked in a way in which it is never trained. */
    @Override
    public List<Example> heldOut(RandomGenerator random) {
        var cases = new ArrayList<Example>();
        for (var definition : definitions) {
            var prompts = PHRASINGS.stream().map(p -> p.formatted(definition.getKey())).filter(p -> examined.has(p, EVERY)).toList();
            if (!prompts.isEmpty()) cases.add(example(prompts.get(random.nextInt(prompts.size())), definition));
        }
        return cases;
    }

    private static Example example(String prompt, Map.Entry<String, String> definition) {
        return new Example(prompt, definition.getKey() + ": " + definition.getValue() + ".");
    }
}
