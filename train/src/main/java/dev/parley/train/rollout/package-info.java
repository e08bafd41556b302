/**
 * A model tries answers, and code judges them. Start with {@link dev.parley.train.rollout.Rollouts}, which samples answers and calls the
 * tools that they ask for; {@link dev.parley.train.rollout.Reward} says how good one is.
 *
 * <pre>{@code
 * var rollouts = new Rollouts(chats, RolloutSettings.DEFAULT, List.of(new Calculator()));
 * var rewards = Rewards.of(RewardFunctions.number());
 * for (var rollout : rollouts.sample(model, questions, 42)) System.out.println(rollout.text() + rewards.total(rewards.each(rollout)));
 * }</pre>
 *
 * {@link dev.parley.train.objective.Grpo} learns from the difference.
 */
package dev.parley.train.rollout;
