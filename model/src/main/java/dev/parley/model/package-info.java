/**
 * The model: a decoder-only Transformer that reads token ids and scores every token as the next one. Start with
 * {@link dev.parley.model.CausalLM}, which loads, saves, scores and trains; then follow the data:
 * {@code Transformer} embeds tokens and positions and runs the {@code Block}s, each of which adds to the residual stream
 * what {@code Attention} gathers from the tokens before and what its MLP makes of each; {@code NextTokenLoss} compares
 * the scores with the text.
 *
 * <pre>{@code
 * var config = ModelConfig.gpt2(vocabSize, 256, 256, 4, 4);       // context, width, layers, heads
 * try (var model = CausalLM.create(config, 42)) {
 *     var scores = model.nextLogits(TokenBatch.of(ids))[0];
 *     model.savePretrained(Path.of("my-model"));               // transformers loads it
 * }
 * }</pre>
 *
 * {@link dev.parley.model.Parameters} holds the learned tensors under their names in the weight file, which
 * {@link dev.parley.weights} reads and writes.
 */
package dev.parley.model;
