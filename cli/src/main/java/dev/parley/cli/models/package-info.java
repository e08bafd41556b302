/**
 * The commands about models on disk. Start with {@link dev.parley.cli.models.ModelsCommand}.
 *
 * <pre>{@code
 * ./parley models convert my-model my-model.gguf --dtype q8_0
 * }</pre>
 */
package dev.parley.cli.models;
