package dev.parley.cli;

import dev.parley.train.TrainEvent;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a training run on standard error: a bar with loss, speed and time left on a terminal, a line now and then elsewhere. */
public final class TrainingProgress implements AutoCloseable {

    private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;

    private final String name;
    private ProgressBar bar;
    private long lastLine;

    public TrainingProgress(String name) {
        this.name = name;
    }

    /** Takes an event of the run. */
    public void show(TrainEvent event) {
        switch (event) {
            case TrainEvent.Step step when Output.toTerminal() -> bar(step).stepTo(step.step());
            case TrainEvent.Step step -> {
                if (System.nanoTime() - lastLine > NANOS_BETWEEN_LINES || step.step() == step.totalSteps()) {
                    lastLine = System.nanoTime();
                    Output.note(String.format(Locale.ROOT, "%s  step %d of %d  %s", name, step.step(), step.totalSteps(), figures(step)));
                }
            }
            case TrainEvent.Evaluated e -> note(String.format(Locale.ROOT, "%s  step %d  held-out loss %.3f%s", name, e.step(), e.evalLoss(), e.best() ? ", the best so far" : ""));
            case TrainEvent.Saved saved -> {}
            case TrainEvent.Finished finished -> close();
        }
    }

    private ProgressBar bar(TrainEvent.Step step) {
        if (bar == null) {
            bar = new ProgressBarBuilder().setTaskName(name).setInitialMax(step.totalSteps()).setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(250).showSpeed().build();
        }
        bar.setExtraMessage(figures(step));
        return bar;
    }

    private static String figures(TrainEvent.Step step) {
        return String.format(Locale.ROOT, " loss %.3f  %,.0f tokens/s  %d:%02d left", step.loss(), step.tokensPerSecond(),
                (long) step.secondsLeft() / 60, (long) step.secondsLeft() % 60);
    }

    private void note(String line) {
        if (!Output.toTerminal()) Output.note(line);
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
        bar = null;
    }
}
