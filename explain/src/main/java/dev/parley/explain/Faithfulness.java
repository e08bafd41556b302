package dev.parley.explain;

/**
 * Whether the tokens that an attribution puts first are those that the answer rests on: tokens of the prompt are replaced in the order of
 * their scores, highest first, and what the explained tokens' targets fall to is compared with the mean of random orders (deletion, Samek
 * et al. 2015, arXiv:1509.06321; Petsiuk et al. 2018, arXiv:1806.07421).
 *
 * @param fractions of the tokens that are replaced, from 0 to 1
 * @param ordered sum of the targets' values at each fraction, in nats
 * @param random the mean of the same over random orders
 * @param randomDeviation standard deviation of the area among the random orders
 * @param area between both curves: how much lower the targets lie on average, in nats. Above 0 the scores are better than chance
 */
public record Faithfulness(double[] fractions, double[] ordered, double[] random, double area, double randomDeviation) {}
