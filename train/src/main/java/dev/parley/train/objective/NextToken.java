package dev.parley.train.objective;

import dev.parley.model.TrainingBatch;
import dev.parley.model.TrainingRow;
import dev.parley.torch.LossSum;
import dev.parley.torch.TrainableLM;
import java.util.List;
import java.util.Map;

/** Text as it is: the mean of -ln p over all targets of a step. Pretraining, and fine-tuning where only answers are targets. */
public final class NextToken implements Objective<TrainingRow> {

    @Override
    public Tally step(TrainableLM model, List<List<TrainingRow>> batches) {
        var padded = batches.stream().map(TrainingBatch::of).toList();
        var targets = padded.stream().mapToLong(batch -> batch.targets().length).sum();
        if (targets == 0) return Tally.NONE;
        var loss = new LossSum(0, 0);
        for (var batch : padded) loss = loss.plus(model.lossAndBackward(batch, targets));
        return new Tally(loss, Map.of());
    }

    @Override
    public Tally evaluate(TrainableLM model, List<TrainingRow> batch) {
        return new Tally(model.loss(TrainingBatch.of(batch)), Map.of());
    }

    @Override
    public String identity() {
        return "next token";
    }
}
