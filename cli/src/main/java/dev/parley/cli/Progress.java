package dev.parley.cli;

import dev.parley.train.TrainEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.TerminalBuilder;

/**
 * How far a long stage of work is: a bar with the time left on a terminal, a plain line every {@link #PLAIN_INTERVAL}
 * elsewhere. Both go to the notes of an {@link Output}.
 *
 * <pre>{@code
 * try (var progress = Progress.of("pretrain", steps, output)) {
 *     trainer.onEvent(progress.ofTraining()).train();
 * }
 * }</pre>
 */
public final class Progress implements AutoCloseable {

    /** Between two plain lines. */
    public static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);

    private static final int USUAL_WIDTH = 79;

    private final String stage;
    private long total;
    private final long before; // done when the stage began
    private final Unit unit;
    private final Output output;
    private final ProgressBar bar; // null without a terminal
    private final long interval;
    private final long started = System.nanoTime();
    private long told = started;
    private long done;
    private String said = "";
    private boolean lastIsTold = true;

    /** What work is counted in. @param name with a space before it, or empty */
    private record Unit(String name, long size) {

        private static final Unit ONE = new Unit("", 1);

        static Unit ofBytes(long total) {
            return total < 10_000_000 ? new Unit(" kB", 1000) : new Unit(" MB", 1_000_000);
        }
    }

    private Progress(String stage, long before, long total, Unit unit, Output output, Duration interval) {
        this.stage = stage;
        this.before = before;
        this.total = total;
        this.unit = unit;
        this.output = output;
        this.interval = interval.toNanos();
        this.bar = output.notesOnTerminal() ? bar(stage, before, total, unit, output) : null;
    }

    /**
     * Begins a stage.
     *
     * @param stage a word or two
     * @param total units of work, at least 1
     */
    public static Progress of(String stage, long total, Output output) {
        return of(stage, total, output, PLAIN_INTERVAL);
    }

    static Progress of(String stage, long total, Output output, Duration interval) {
        return checked(stage, 0, total, Unit.ONE, output, interval);
    }

    /**
     * Begins, or goes on with, a stage that is counted in bytes; they are shown in kB or MB.
     *
     * @param before bytes that an earlier try has done
     */
    public static Progress ofBytes(String stage, long before, long total, Output output) {
        return checked(stage, before, total, Unit.ofBytes(total), output, PLAIN_INTERVAL);
    }

    private static Progress checked(String stage, long before, long total, Unit unit, Output output, Duration interval) {
        if (total < 1) throw new IllegalArgumentException("A stage of " + total + " steps has no progress.");
        return new Progress(stage, before, total, unit, output, interval);
    }

    private static ProgressBar bar(String stage, long before, long total, Unit unit, Output output) {
        return new ProgressBarBuilder().setTaskName(stage).setInitialMax(total).startsFrom(before, Duration.ZERO)
                .setUnit(unit.name(), unit.size()).setUpdateIntervalMillis(200)
                .setStyle(output.coloursNotes() ? ProgressBarStyle.COLORFUL_UNICODE_BAR : ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(new PrintStream(standardError(), true, StandardCharsets.UTF_8), width()))
                .hideEta().build();
    }

    /**
     * How many columns the bar may have. Asked here, since the bar would ask by a terminal that takes Ctrl-C for itself:
     * from then on it would end the program at once, and what {@link InterruptHandler} is to put in order would be lost.
     */
    private static int width() {
        try (var terminal = TerminalBuilder.builder().system(true).systemOutput(TerminalBuilder.SystemOutput.SysErr).nativeSignals(false)
                .dumb(true).build()) {
            return terminal.getWidth() > 20 ? terminal.getWidth() - 1 : USUAL_WIDTH;
        } catch (IOException e) {
            return USUAL_WIDTH;
        }
    }

    private static OutputStream standardError() {
        return new java.io.FileOutputStream(java.io.FileDescriptor.err);
    }

    /**
     * Some of the work is done.
     *
     * @param done units, of the total
     * @param saying what else there is to say, such as the loss; may be empty
     */
    public void at(long done, String saying) {
        at(done, saying, secondsLeft(done));
    }

    private void at(long done, String saying, double secondsLeft) {
        this.done = done;
        said = joined(saying, done >= total || Double.isNaN(secondsLeft) ? "" : clock(secondsLeft) + " left");
        if (bar != null) {
            bar.stepTo(done);
            bar.setExtraMessage(" " + said);
            return;
        }
        lastIsTold = false;
        var now = System.nanoTime();
        if (now - told >= interval) tell(now);
    }

    /** A run that ends on time knows its total only by and by. */
    private void expect(long total) {
        this.total = total;
        if (bar != null) bar.maxHint(total);
    }

    /** A listener for a Trainer: loss, tokens per second and time left as it steps; evaluations as notes. */
    public Consumer<TrainEvent> ofTraining() {
        return event -> {
            switch (event) {
                case TrainEvent.Step e -> {
                    expect(e.totalSteps());
                    at(e.step(), String.format(Locale.ROOT, "loss %.3f  %,.0f tokens/s", e.loss(), e.tokensPerSecond()), e.secondsLeft());
                }
                case TrainEvent.Evaluated e -> note(String.format(Locale.ROOT, "%s step %d: eval loss %.4f%s", stage, e.step(),
                        e.evalLoss(), e.best() ? ", the best so far" : ""));
                case TrainEvent.Noted e -> note(e.sentence());
                case TrainEvent.Began _,TrainEvent.Saved _,TrainEvent.Finished _,TrainEvent.Failed _ -> {}
            }
        };
    }

    /** Writes a line above the bar. */
    public void note(String text) {
        if (bar != null) output.note("\r\u001b[K" + text); // the bar is drawn anew below
        else output.note(text);
    }

    private void tell(long now) {
        told = now;
        lastIsTold = true;
        output.note(joined(
                stage + " " + done / unit.size() + "/" + total / unit.size() + unit.name() + " (" + (long) (100.0 * done / total) + " %)",
                said));
    }

    private double secondsLeft(long done) {
        return done <= before ? Double.NaN : (System.nanoTime() - started) / 1e9 / (done - before) * (total - done);
    }

    private static String joined(String left, String right) {
        return left.isEmpty() || right.isEmpty() ? left + right : left + "  " + right;
    }

    static String clock(double seconds) {
        var s = Math.max(0, Math.round(seconds));
        return s < 3600 ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    /** Ends the stage; what was last known of it is shown. */
    @Override
    public void close() {
        if (bar != null) bar.close();
        else if (!lastIsTold) tell(System.nanoTime());
    }
}
