/**
 * The model: a decoder-only Transformer that reads token ids and scores every token as the next one, run in Java. Start with
 * {@link dev.parley.model.CausalLM}, which loads, and opens an {@link dev.parley.model.InferenceSession}. What network a model is, from the
 * embedding to the head, its
 * {@link dev.parley.model.Family} draws as a {@link dev.parley.model.Blueprint}; {@code JavaRunner} runs it from top to bottom.
 *
 * <pre>{@code
 * try (var model = CausalLM.fromPretrained(Path.of("my-model")); var session = model.openSession(1L << 30); var sequence = session.open())
 * {
 *     float[] scores = session.feed(List.of(Feed.of(sequence, promptIds))).getFirst().scores()[0];
 * }
 * }</pre>
 *
 * {@code WeightLoader} lays the weights of {@link dev.parley.weights} out in memory as {@link dev.parley.model.ModelWeights}. A
 * {@link dev.parley.model.RunnerProvider}, such as that of the room {@code torch}, may run the same weights where it is faster.
 */
package dev.parley.model;
