package dev.parley.cli;

import dev.parley.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley train}: pretraining or fine-tuning by a recipe. */
@Command(name = "train", mixinStandardHelpOptions = true,
        description = {"Trains a model by a recipe in YAML: pretraining on text, or fine-tuning on chats.",
                "The recipe's keys are in docs/recipes.md; recipes/ holds examples."},
        footer = {"", "Example:  ./parley train recipes/pretrain-small.yaml --set max_steps=200 --set output_dir=out"})
final class TrainCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RECIPE", description = "A YAML file.")
    Path recipe;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Takes the place of a value of the recipe; may be given several times.")
    List<String> settings = new ArrayList<>();

    @Option(names = "--resume", description = "Go on from the last checkpoint in output_dir.")
    boolean resume;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        if (resume) settings.add("resume_from_checkpoint=true");
        var job = Recipe.read(recipe, settings).prepare();
        try (var model = job.model(); var progress = new TrainingProgress(job.stage())) {
            Output.note(dev.parley.tensor.Engine.describeInOneLine());
            Output.note(String.format(Locale.ROOT, "%s: %,d parameters, %,d rows, products in %s", job.stage(), model.config().parameterCount(),
                    job.trainDataset().size(), model.computeType().name().toLowerCase(Locale.ROOT)));
            var trainer = job.evalDataset().map(eval -> new Trainer(model, job.arguments(), job.trainDataset(), eval))
                    .orElseGet(() -> new Trainer(model, job.arguments(), job.trainDataset()));
            trainer.withTokenizer(job.tokenizer()).onEvent(progress::show);
            var output = stoppable(trainer);
            if (output.interrupted()) throw new Interrupted("A checkpoint is in " + job.arguments().outputDir() + "; go on with --resume.");
            trainer.saveModel();
            job.generationConfig().write(job.arguments().outputDir());
            var result = Output.object().put("model", job.arguments().outputDir().toString()).put("steps", output.globalStep())
                    .put("train_loss", output.trainLoss()).put("seconds", output.seconds());
            output.evalLoss().ifPresent(loss -> result.put("eval_loss", loss));
            if (json) Output.json(result);
            else Output.line(String.format(Locale.ROOT, "%s: %d steps in %.0f s, training loss %.4f%s", job.arguments().outputDir(), output.globalStep(),
                    output.seconds(), output.trainLoss(), output.evalLoss().map(l -> String.format(Locale.ROOT, ", held-out loss %.4f", l)).orElse("")));
        }
        return Parley.DONE;
    }

    /** Ctrl-C ends the run after its present step, with a checkpoint. */
    private static Trainer.TrainOutput stoppable(Trainer trainer) {
        var ended = new CountDownLatch(1);
        var hook = new Thread(() -> {
            Output.note("\nStopping: a checkpoint is written…");
            trainer.stop();
            try {
                ended.await(120, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return trainer.train();
        } finally {
            ended.countDown();
        }
    }
}
