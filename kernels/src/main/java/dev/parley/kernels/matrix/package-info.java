/**
 * Weights of linear layers and their products with one or several vectors. Start with {@link
 * dev.parley.kernels.matrix.Matrix}. Weights in float32 and bfloat16 lie row by row, as in a weight file; weights in eight
 * and four bits lie in strips of as many rows as a register has lanes; {@link dev.parley.kernels.matrix.BlockMatrix} has
 * the numbers of a GGUF file in such strips, each as it is there. {@link dev.parley.kernels.matrix.Tile} is the loop in
 * which products with several vectors spend their time.
 *
 * <pre>{@code
 * var weights = Int8Matrix.pack(rows, Arena.ofAuto(), team);
 * var input = new float[weights.inputSize(1)];
 * weights.arrange(x, 0, input, 0, 1);
 * team.run(member -> team.share(weights.parts(), part -> weights.multiply(part, input, 1, y, 0, 0, workspaces[member])));
 * }</pre>
 */
package dev.parley.kernels.matrix;
