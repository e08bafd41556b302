/**
 * From the scores of the next token to the token. Start with {@link dev.parley.generate.sampling.Sampler}: it runs the
 * {@link dev.parley.generate.sampling.LogitsProcessor}s of a config over the scores and draws.
 * {@link dev.parley.generate.sampling.TokenLogprob} says how likely a token was,
 * {@link dev.parley.generate.sampling.StopStrings} ends a sequence at a stop string.
 *
 * <pre>{@code
 * var sampler = new Sampler(config, LogitsProcessor.of(config, prompt.length, limit, Optional.empty()), 0);
 * var next = sampler.choose(sampler.processed(ids, logits));
 * }</pre>
 */
package dev.parley.generate.sampling;
