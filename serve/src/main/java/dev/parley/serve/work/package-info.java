/**
 * What requests may take of this machine: its processors and its memory. {@link dev.parley.serve.work.ComputePool} and
 * {@link dev.parley.serve.work.RequestMemory} are where to start.
 *
 * <pre>{@code
 * var fields = Fields.of(Body.read(request));       // takes from the memory that all requests share, or is refused by 503
 * var ids = ComputePool.shared().run(caller.id(), client::requireThere, () -> tokenizer.encode(text));
 * }</pre>
 */
package dev.parley.serve.work;
