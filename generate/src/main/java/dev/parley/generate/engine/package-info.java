/**
 * The engine: the sequences of many callers, continued together. Start with {@link dev.parley.generate.engine.InferenceEngine}, which takes
 * requests; {@code EngineLoop} is what its thread does, turn after turn: {@code RunningSequences} gives sequences their places,
 * {@code PassPlan} says what is fed to the model, and each sequence's strategy chooses what follows. {@code PrefixCache} keeps keys
 * and values for sequences that begin alike, {@code RequestQueue} is where callers and the thread meet.
 *
 * <pre>{@code
 * try (var engine = new InferenceEngine(model, tokenizer, InferenceEngine.Limits.DEFAULT)) {
 *     engine.submit(TextRequest.of(promptIds, config), listener);
 * }
 * }</pre>
 */
package dev.parley.generate.engine;
