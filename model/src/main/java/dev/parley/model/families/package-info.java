/**
 * The families of models that Parley knows, one file each: what their {@code config.json} says, and the network that it means.
 * Start with {@link dev.parley.model.families.Gpt2}, which stands by itself; {@code LlamaStyle} is what Llama and those after it share,
 * and {@link dev.parley.model.families.Qwen3} says only what it has of its own.
 *
 * <pre>{@code
 * var config = ModelConfig.read(Path.of("my-model/config.json"));   // the family is chosen by its model_type
 * for (var weight : config.blueprint().weights()) System.out.println(weight.name());
 * }</pre>
 *
 * {@code docs/adding-a-family.md} walks through one.
 */
package dev.parley.model.families;
