package dev.parley.model;

import dev.parley.tensor.DType;

/**
 * What the parts of the network need to know of one pass.
 *
 * @param computeType type that products of matrices are computed in
 * @param training whether dropout is at work
 * @param mask which keys each query sees
 */
record Pass(DType computeType, boolean training, AttentionMask mask) {}
