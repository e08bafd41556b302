package dev.parley.train.objective;

import dev.parley.model.ModelException;
import dev.parley.model.TrainingBatch;
import dev.parley.model.TrainingRow;
import dev.parley.torch.SoftLoss;
import dev.parley.torch.SoftSum;
import dev.parley.torch.SoftTargets;
import dev.parley.torch.TrainableLM;
import java.util.List;

/**
 * Text as a teacher with the same tokenizer reads it: at each target the student is to think every token as likely as the teacher does,
 * Hinton et al. 2015 (arXiv:1503.02531). Of a small student this makes a model that drafts for its teacher: {@code agreement}, the share of
 * targets where both think the same token likeliest, is the share of drafted tokens that greedy decoding accepts.
 *
 * <pre>{@code
 * var teacher = TrainableLM.frozen(Path.of("big"), DType.BFLOAT16, WeightType.BFLOAT16);
 * var objective = new Distillation(teacher, SoftLoss.DEFAULT, student);    // closes the teacher at its own end
 * Trainer.of(student, arguments, objective, train, Optional.of(eval)).train();
 * }</pre>
 */
public final class Distillation implements Objective<TrainingRow> {

    private final TrainableLM teacher;
    private final SoftLoss loss;

    /**
     * Learning from a teacher.
     *
     * @param teacher stays as it is, and is closed with this
     * @throws ModelException if the student has another vocabulary
     */
    public Distillation(TrainableLM teacher, SoftLoss loss, TrainableLM student) {
        SoftTargets.requireSameVocabulary(teacher.config().vocabSize(), student.config().vocabSize());
        this.teacher = teacher;
        this.loss = loss;
        for (var parameter : teacher.parameters().all()) parameter.trainable(false);
    }

    @Override
    public Tally step(TrainableLM model, List<List<TrainingRow>> batches) {
        var padded = batches.stream().map(TrainingBatch::of).toList();
        var targets = padded.stream().mapToLong(batch -> batch.targets().length).sum();
        if (targets == 0) return Tally.NONE;
        var sum = SoftSum.NONE;
        for (var batch : padded) {
            try (var taught = teacher.softTargets(batch); var pass = model.pass(batch)) {
                sum = sum.plus(pass.backward(taught, loss, targets));
            }
        }
        return tally(sum);
    }

    @Override
    public Tally evaluate(TrainableLM model, List<TrainingRow> batch) {
        var padded = TrainingBatch.of(batch);
        try (var taught = teacher.softTargets(padded)) {
            return tally(model.loss(padded, taught, loss));
        }
    }

    private Tally tally(SoftSum sum) {
        return Tally.of(sum.loss(), sum.targets()).with(loss.divergence(), sum.divergence(), sum.targets())
                .with("agreement", sum.agreed(), sum.targets()).with("nll", sum.nll(), sum.targets());
    }

    @Override
    public String identity() {
        return "distillation with temperature " + loss.temperature() + ", alpha " + loss.alpha() + ", beta " + loss.beta()
                + " from a teacher " + teacher.config().toJson();
    }

    @Override
    public void close() {
        teacher.close();
    }
}
