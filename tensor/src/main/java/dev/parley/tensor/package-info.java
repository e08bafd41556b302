/**
 * Tensors: arrays of numbers in native memory with the operations, the gradients and the lifetimes that a Transformer
 * needs. The work is libtorch's; this room is the only one that knows it, and makes of it a small surface in which
 * model code reads like its formulas, a wrong shape is an exception of one sentence, and memory is freed by scopes.
 *
 * <p>Start with {@link dev.parley.tensor.Tensor}, then {@link dev.parley.tensor.Scope}:
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *     var x = Tensor.ofFloats(new float[] {1, 2, 3, 4}, 2, 2);
 *     var y = x.matmul(x.transpose(0, 1)).softmax(-1);      // (2, 2)
 *     System.out.println(Arrays.toString(y.toFloats()));
 * }
 * }</pre>
 *
 * {@link dev.parley.tensor.Engine} chooses device, threads and number types in one place and says what is in use.
 */
package dev.parley.tensor;
