/**
 * Low-rank adapters (LoRA, Hu et al. 2021, arXiv:2106.09685): a matrix W of a model stays as it is, and beside it stands the product of two
 * small ones, y = x W + scale · (x Aᵀ) Bᵀ. They lie in folders as PEFT writes them. Start with
 * {@link dev.parley.model.adapter.AdapterFiles}.
 *
 * <pre>{@code
 * try (var adapter = AdapterFiles.open(Path.of("my-adapter"))) {
 *     adapter.check(model.config().blueprint());
 *     for (var module : adapter.modules()) System.out.println(module + ": rank " + adapter.lowRank(module).rank());
 * }
 * }</pre>
 *
 * {@link dev.parley.model.adapter.LoraConfig} is {@code adapter_config.json}.
 */
package dev.parley.model.adapter;
