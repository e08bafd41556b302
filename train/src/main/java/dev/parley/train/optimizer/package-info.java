/**
 * What changes a model's parameters by their gradients. Start with {@link dev.parley.train.optimizer.Optimizer}.
 *
 * <pre>{@code
 * try (var optimizer = new Optimizer(model.parameters(), settings)) {
 *     model.lossAndBackward(batch, batch.targets().length);
 *     optimizer.step(1e-3, optimizer.gradNorm());
 * }
 * }</pre>
 */
package dev.parley.train.optimizer;
