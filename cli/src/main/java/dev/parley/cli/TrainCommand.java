package dev.parley.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.tensor.Engine;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingSettings;
import dev.parley.train.checkpoint.Checkpoints;
import dev.parley.train.recipe.Recipe;
import dev.parley.train.recipe.TrainingStage;
import dev.parley.train.report.ReportTo;
import dev.parley.train.report.TrainingPlan;
import dev.parley.train.report.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley train}: pretraining or fine-tuning by a recipe. */
@Command(name = "train", description = {"Trains a model by a recipe in YAML: pretraining on text, or fine-tuning on chats.",
    "The recipe's keys are in docs/recipes.md; recipes/ holds examples."},
        footer = {"", "Examples:", "  ./parley train recipes/tinystories.yaml --depth 6 --plan",
            "  ./parley train recipes/quickstart.yaml --set max_steps=200 --set model.hidden_size=384"})
final class TrainCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "RECIPE", description = "A YAML file.")
    Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Takes the place of a value of the recipe; may be given several times.")
    List<String> settings = new ArrayList<>();

    @Option(names = "--depth", paramLabel = "N",
            description = "A new model of N layers instead of the recipe's; width, batch, rates and steps follow.")
    int depth;

    @Option(names = "--params", paramLabel = "30M", description = "The same by the number of its parameters.")
    String params = "";

    @Option(names = "--resume", description = "Go on from the last checkpoint in output_dir.")
    boolean resume;

    @Option(names = "--resume-anyway", description = "The same where rows, network or arguments are others than the checkpoint's.")
    boolean resumeAnyway;

    @Option(names = "--plan",
            description = "Train nothing: say what the run would take. Twenty steps are made to see how long they last, and thrown away.")
    boolean plan;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    boolean json;

    TrainCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var recipe = recipe();
        if (plan) {
            print(recipe.plan());
            return Parley.DONE;
        }
        try (var trainer = recipe.open()) {
            var stage = recipe.stage().label();
            output.note(Engine.describeInOneLine());
            output.note(String.format(Locale.ROOT, "%s: %,d parameters, %,d rows, products in %s", stage,
                    trainer.model().config().parameterCount(), trainer.rows(),
                    trainer.model().computeType().name().toLowerCase(Locale.ROOT)));
            if (resumeAnyway) trainer.resumeAnyway();
            print(recipe.stage(), trainer.arguments(), train(trainer, stage));
        }
        return Parley.DONE;
    }

    private void print(TrainingPlan plan) {
        if (json) {
            output.json(plan.json());
            return;
        }
        plan.lines().forEach((what, line) -> output.line(String.format("%-8s %s", what, line)));
        plan.advice().forEach(sentence -> output.line("! " + sentence));
    }

    private static String next(TrainingStage stage, Path out) {
        return stage.isChat() ? "./parley chat " + out : "./parley generate --model " + out + " --prompt \"Once upon a time\"";
    }

    private Recipe recipe() throws IOException {
        var read = Recipe.read(file, Downloads.finder(output)).onNote(output::note);
        if (depth != 0 && !params.isEmpty()) throw new WrongUsage("Give either --depth or --params, not both.");
        if (depth != 0) read = read.withDepth(depth);
        if (!params.isEmpty()) read = read.withParameters(params);
        for (var setting : settings) {
            var equals = setting.indexOf('=');
            if (equals < 1) throw new WrongUsage("--set " + setting + " is not KEY=VALUE.");
            read = read.with(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return resume || resumeAnyway ? read.with("resume_from_checkpoint", "true") : read;
    }

    private Trainer.TrainOutput train(Trainer trainer, String stage) throws IOException {
        try (var progress = Progress.of(stage, trainer.totalSteps(), output, Duration.ZERO); // each time that it is told
                var interruption = InterruptHandler.stops(trainer::stop, output)) {
            var result = trainer.onEvent(progress.ofTraining()).train();
            if (result.interrupted()) throw new Interrupted(interrupted(trainer.arguments()));
            trainer.saveModel();
            return result;
        }
    }

    private static String interrupted(TrainingArguments arguments) throws IOException {
        var last = Checkpoints.last(arguments.get(TrainingSettings.OUTPUT_DIR));
        return last.isEmpty() || !arguments.saves()
                ? "Interrupted before there was a checkpoint: the same command begins anew."
                : "Interrupted: " + last.get() + " is kept; go on with --resume.";
    }

    private void print(TrainingStage stage, TrainingArguments arguments, Trainer.TrainOutput result) {
        var out = arguments.get(TrainingSettings.OUTPUT_DIR);
        if (!json) {
            var steps = result.stepsNow() == 0 ? String.format(Locale.ROOT, "the run is finished, %d steps", result.globalStep())
                    : String.format(Locale.ROOT, "%d steps in %.0f s", result.globalStep(), result.seconds());
            output.line(String.format(Locale.ROOT, "%s: %s, training loss %.4f%s%s", out, steps, result.trainLoss(),
                    result.evalLoss().map(l -> String.format(Locale.ROOT, ", held-out loss %.4f", l)).orElse(""),
                    result.best().map(best -> ", lowest in " + best).orElse("")));
            output.line("Next: " + next(stage, out));
            if (EnumSet.of(ReportTo.ALL, ReportTo.HTML).contains(arguments.get(TrainingSettings.REPORT_TO)))
                output.line("The run's curves: " + out.resolve(TrainingReport.PAGE));
            return;
        }
        var object = JsonNodeFactory.instance.objectNode().put("model", out.toString()).put("steps", result.globalStep())
                .put("steps_now", result.stepsNow()).put("train_loss", result.trainLoss()).put("seconds", result.seconds());
        result.evalLoss().ifPresent(loss -> object.put("eval_loss", loss));
        result.best().ifPresent(best -> object.put("best_model_checkpoint", best.toString()));
        output.json(object);
    }
}
