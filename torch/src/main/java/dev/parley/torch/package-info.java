/**
 * What libtorch does for language models. Start with {@link dev.parley.torch.TrainableLM}, which makes, loads, trains and saves a model;
 * then follow the data: {@code Transformer} embeds tokens and positions and runs the {@code Block}s, each of which adds to the residual
 * stream what {@code Attention} gathers from the tokens before and what its MLP makes of each; {@code NextTokenLoss} compares the
 * scores with the text.
 *
 * <pre>{@code
 * var config = ModelConfig.gpt2(vocabSize, 256, 256, 4, 4);       // context, width, layers, heads
 * try (var model = TrainableLM.create(config, 42)) {
 *     var scores = model.nextLogits(TokenBatch.of(ids))[0];
 *     model.savePretrained(Path.of("my-model"));               // transformers loads it
 * }
 * }</pre>
 *
 * The network is the {@link dev.parley.model.Blueprint} of the model's family; {@link dev.parley.torch.Parameters} holds its tensors
 * under their names in the weight file. Models that only run are loaded by {@link dev.parley.model.CausalLM}, which finds
 * {@link dev.parley.torch.TorchRunnerProvider} where this room is on the class path.
 */
package dev.parley.torch;
