/**
 * The arithmetic of running a model on a CPU, in Java alone: the Vector API over native memory, no native library.
 * A step of decoding reads every weight once, so that memory sets its speed; what is here keeps the memory busy. Start
 * with {@link dev.parley.kernels.Matrix}: weights in 32, 16, 8 or 4 bits, and their product with a few vectors.
 * {@link dev.parley.kernels.ThreadTeam} shares the rows among threads that wait by spinning; {@link
 * dev.parley.kernels.Attention} lets queries look at a {@link dev.parley.kernels.KvBlocks}.
 *
 * <pre>{@code
 * var weights = Int8Matrix.pack(rows, Arena.ofAuto(), team);   // rows: where the numbers come from
 * var x = new float[weights.inputSize()];
 * weights.arrange(input, 0, x, 0);
 * team.run(member -> team.share(weights.parts(), part -> weights.multiply(part, x, 1, y, 0, 0, scratch)));
 * }</pre>
 */
package dev.parley.kernels;
