package dev.parley.train.objective;

import dev.parley.train.rollout.Rewards;
import dev.parley.train.rollout.Rollout;
import java.util.Arrays;
import java.util.List;

/** What is told of answers that were tried, by TRL's names. */
record RolloutMetrics(Rewards rewards, List<Judged> judged) {

    /** An answer and what it is worth to each reward. */
    record Judged(Rollout rollout, double[] each, double total) {

        static Judged of(Rollout rollout, Rewards rewards) {
            var each = rewards.each(rollout);
            return new Judged(rollout, each, rewards.total(each));
        }
    }

    /** Of single answers. */
    Tally single() {
        var tally = Tally.NONE;
        for (var one : judged) {
            tally = tally.with("reward", one.total(), 1);
            for (int i = 0; i < one.each().length; i++) {
                if (!Double.isNaN(one.each()[i])) tally = tally.with("rewards/" + rewards.all().get(i).reward().name() + "/mean", one.each()[i], 1);
            }
            var rollout = one.rollout();
            tally = tally.with("completions/mean_length", rollout.tokens(), 1)
                    .with("completions/clipped_ratio", rollout.isEnded() ? 0 : 1, 1);
            if (rollout.isEnded()) tally = tally.with("completions/mean_terminated_length", rollout.tokens(), 1);
            if (rollout.question().asked().prompt().tools().isEmpty()) continue;
            var faults = rollout.calls().stream().filter(Rollout.Call::isFault).count();
            tally = tally.with("tools/call_frequency", rollout.calls().size(), 1)
                    .with("tools/failure_frequency", faults, rollout.calls().size());
        }
        return tally;
    }

    /** Of groups of answers. @param totals of each group's answers */
    Tally grouped(double[][] totals) {
        var tally = single();
        for (var group : totals) {
            var spread = ScaleRewards.deviation(group);
            tally = tally.with("reward_std", spread, 1).with("frac_reward_zero_std", spread == 0 ? 1 : 0, 1);
        }
        for (int i = 0; i < rewards.all().size(); i++) {
            var number = i;
            var given = judged.stream().mapToDouble(one -> one.each()[number]).filter(reward -> !Double.isNaN(reward)).toArray();
            if (given.length > 0) tally = tally.with("rewards/" + rewards.all().get(i).reward().name() + "/std", ScaleRewards.deviation(given), 1);
        }
        var lengths = judged.stream().mapToInt(one -> one.rollout().tokens()).toArray();
        return tally.with("completions/min_length", Arrays.stream(lengths).min().orElse(0), 1)
                .with("completions/max_length", Arrays.stream(lengths).max().orElse(0), 1);
    }
}
