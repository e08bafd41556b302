/**
 * The vectors that this machine computes with, and what is computed of a vector element by element: norms, activations,
 * rotary positions, the loss of a row of scores. Start with {@link dev.parley.kernels.vectors.VectorShape}.
 *
 * <pre>{@code
 * Norms.rms(x, 0, n, weight, epsilon, normed, 0);
 * Activations.siluTimes(gate, 0, up, 0, n);
 * }</pre>
 */
package dev.parley.kernels.vectors;
