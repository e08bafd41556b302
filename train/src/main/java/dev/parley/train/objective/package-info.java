/**
 * What a run learns by. An {@link dev.parley.train.objective.Objective} takes the examples of a step, asks the model for log-probabilities,
 * and gives back a weight for each; start with {@link dev.parley.train.objective.NextToken}, the plain loss over text.
 *
 * <pre>{@code
 * var trainer = Trainer.of(model, arguments, new NextToken(), dataset, Optional.empty());
 * }</pre>
 *
 * Judged answers are learned by {@link dev.parley.train.objective.Dpo} from pairs, by {@link dev.parley.train.objective.Kto} from thumbs,
 * and by {@link dev.parley.train.objective.Grpo} from the rewards that code gives to what the model tries.
 * What a step or an evaluation came to is a {@link dev.parley.train.objective.Tally}.
 */
package dev.parley.train.objective;
