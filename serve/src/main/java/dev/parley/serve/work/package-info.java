/**
 * What requests have computed, and the processors that this may take. {@link dev.parley.serve.work.ComputePool} is where to start.
 *
 * <pre>{@code
 * var ids = ClientWork.run(request, () -> tokenizer.encode(text));     // on a thread of ComputePool, while the client is there
 * }</pre>
 */
package dev.parley.serve.work;
