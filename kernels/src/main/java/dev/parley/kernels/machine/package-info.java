/**
 * What the kernels use and know of the machine: its instructions, threads that wait for each other by spinning, memory in large pages, and
 * how fast that
 * memory can be read. Start with {@link dev.parley.kernels.machine.ThreadTeam}.
 *
 * <pre>{@code
 * var team = ThreadTeam.shared();
 * team.run(member -> {
 *     team.share(matrix.parts(), part -> multiply(part));   // each part once, by whichever thread is free
 *     team.barrier();                                       // the product is complete
 *     team.share(heads, head -> attend(head));
 * });
 * }</pre>
 */
package dev.parley.kernels.machine;
