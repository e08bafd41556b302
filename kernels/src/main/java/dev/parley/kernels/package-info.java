/**
 * The arithmetic of running a model on a CPU, in Java alone: the Vector API over native memory, no native library. A step of
 * decoding reads every weight once, so memory sets its speed; what is here keeps the memory busy. Start with {@link
 * dev.parley.kernels.matrix.Matrix}: weights in 32, 16, 8 or 4 bits, and their product with a few vectors. {@link
 * dev.parley.kernels.attention} holds keys and values and attends to them, {@link dev.parley.kernels.vectors} has what is
 * computed element by element, and {@link dev.parley.kernels.machine} the threads and the memory that all of it uses.
 *
 * <pre>{@code
 * WarmUp.start();                                          // compiles the kernels beside the first steps
 * var weights = Int8Matrix.pack(rows, Arena.ofAuto(), team);   // rows: where the numbers come from
 * }</pre>
 */
package dev.parley.kernels;
