package dev.parley.explain;

import dev.parley.model.Target;

/**
 * A token of the answer and the question that is asked about it.
 *
 * @param position of the token in the text; it is predicted from all before it
 * @param target what is explained
 * @param value the target's, in nats
 * @param logprob ln p(token), in nats
 */
public record ExplainedToken(int position, Target target, double value, double logprob) {}
