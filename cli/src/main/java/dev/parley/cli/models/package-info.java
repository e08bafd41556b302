/**
 * The commands about models on disk and at the hub. Start with {@link dev.parley.cli.models.ModelsCommand}; each subcommand is a
 * class of its own, and {@link dev.parley.cli.Downloads} shows the bar while something comes.
 *
 * <pre>{@code
 * ./parley models pull HuggingFaceTB/SmolLM2-135M-Instruct
 * ./parley models list
 * ./parley models rm HuggingFaceTB/SmolLM2-135M-Instruct --yes
 * ./parley models convert my-model my-model.gguf --dtype q8_0
 * }</pre>
 */
package dev.parley.cli.models;
