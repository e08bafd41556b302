/**
 * The keys and values of sequences, in blocks that sequences with the same beginning share, and the attention of a query to
 * them. Start with {@link dev.parley.kernels.attention.KvBlocks}.
 *
 * <pre>{@code
 * var pool = new KvPool(layers, kvHeads, headDim, false, 100);    // memory for 6,400 tokens in all
 * var cache = new KvBlocks(pool, 1024);
 * cache.reserve(1);
 * cache.put(layer, kvHead, cache.length(), key, 0, value, 0);      // for every layer and key-value head
 * cache.advance(1);
 * Attention.oneHead(cache, layer, kvHead, query, 0, scale, 0, cache.length(), out, 0, scratch);
 * }</pre>
 */
package dev.parley.kernels.attention;
