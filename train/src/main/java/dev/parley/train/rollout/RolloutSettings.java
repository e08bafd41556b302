package dev.parley.train.rollout;

import dev.parley.generate.config.GenerationConfig;

/**
 * How answers are tried, as TRL names it.
 *
 * @param numGenerations answers to each question
 * @param maxCompletionLength tokens of an answer at most, with what tools return
 * @param temperature above 0; log-probabilities are those at 1 whatever it is
 * @param topP share of the likeliest tokens that are drawn from
 * @param topK number of the likeliest tokens that are drawn from; 0 for all
 * @param maxToolCallingIterations how often an answer may call tools before it has to say something
 */
public record RolloutSettings(int numGenerations, int maxCompletionLength, double temperature, double topP, int topK,
        int maxToolCallingIterations) {

    /** Eight answers of 256 tokens at most, drawn from all tokens; tools called up to four times. */
    public static final RolloutSettings DEFAULT = new RolloutSettings(8, 256, 1, 1, 0, 4);

    /** @throws IllegalArgumentException if a number is out of its range */
    public RolloutSettings {
        if (numGenerations < 2) throw new IllegalArgumentException("num_generations is " + numGenerations + "; answers are compared: 2 or more.");
        if (maxCompletionLength < 1) throw new IllegalArgumentException("max_completion_length is " + maxCompletionLength + "; it is 1 or more.");
        if (!(temperature > 0)) throw new IllegalArgumentException("temperature is " + temperature + "; answers that differ take more than 0.");
        if (maxToolCallingIterations < 0) throw new IllegalArgumentException("max_tool_calling_iterations is at least 0.");
        GenerationConfig.DEFAULT.withSampling(temperature, topK, topP, 0); // checks the others
    }

    /** The same with so many answers to a question, of so many tokens at most. */
    public RolloutSettings withAnswers(int numGenerations, int maxCompletionLength) {
        return new RolloutSettings(numGenerations, maxCompletionLength, temperature, topP, topK, maxToolCallingIterations);
    }
}
