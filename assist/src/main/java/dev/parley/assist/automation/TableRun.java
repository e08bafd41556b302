package dev.parley.assist.automation;

import dev.parley.assist.automation.Journal.Entry;
import dev.parley.assist.automation.RowResponder.Answer;
import dev.parley.assist.automation.RowResponder.DeclinedException;
import dev.parley.assist.automation.RowResponder.Reply;
import dev.parley.assist.automation.RowResponder.UnusablePromptException;
import dev.parley.files.DurableFile;
import dev.parley.grammar.Grammar;
import dev.parley.jinja.TemplateException;
import dev.parley.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Makes one output per row of a table. A few rows are asked for at once; each answer is checked, written to a file of its own and put
 * into the {@link Journal}, on one thread. A run in the same folder goes on where the last one ended, however it ended: rows that the
 * journal knows are passed over, all others are made, with the same seeds, so that the outputs are those of a run that nothing disturbed.
 */
public final class TableRun {

    /**
     * How to run.
     *
     * @param format of the outputs
     * @param schema that outputs of JSON conform to
     * @param key the column that names the files, which otherwise have the numbers of their rows
     * @param parallel rows that are asked for at once
     * @param limit rows at most, from the first on
     * @param seed of all random choices
     * @param restart whether to begin anew: the journal and the outputs that it names are removed
     * @param retryFailed whether rows that failed before are tried again, each with another seed
     */
    public record Options(OutputFormat format, Optional<Grammar> schema, Optional<String> key, int parallel, long limit, long seed,
            boolean restart, boolean retryFailed) {

        /**
         * @throws IllegalArgumentException if nothing would run
         */
        public Options {
            if (parallel < 1 || limit < 1) throw new IllegalArgumentException("At least one row is made, and one at once.");
        }
    }

    /** Told of each row that is settled. */
    @FunctionalInterface
    public interface Progress {

        /**
         * @param done rows that are settled, of the total;
         * @param failed those of them that have no output
         */
        void at(long done, long total, long failed);
    }

    private final Table table;
    private final RowPrompts prompts;
    private final RowResponder responder;
    private final RunIdentity identity;
    private final Options options;
    private volatile boolean stopped;

    private final Map<Long, Pending> pending = new HashMap<>();
    private final LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private long settled;
    private long failures;
    private long made;
    private long tokens;

    private record Pending(TableRow row, String file, int attempts, Reply reply) {}

    private record Outcome(long row, Optional<Answer> answer, Throwable failure) {}

    /**
     * Prepares a run.
     *
     * @param identity of the model and its settings; those of table, template and options are added
     * @throws TableException if the key is no column
     */
    public TableRun(Table table, RowPrompts prompts, RowResponder responder, RunIdentity identity, Options options) {
        options.key.ifPresent(key -> table.requireColumn(key, "The key"));
        this.table = table;
        this.prompts = prompts;
        this.responder = responder;
        this.options = options;
        this.identity = identity.file("table", table.file()).text("template", prompts.source()).value("format", options.format)
                .value("key", options.key.orElse("")).value("seed", options.seed);
    }

    /** Ends the run after what is being written; may be called by any thread. What is settled stays. */
    public void stop() {
        stopped = true;
        outcomes.add(new Outcome(0, Optional.empty(), null)); // wakes the run
    }

    /**
     * Makes what is not made yet.
     *
     * @throws TableException if the folder's journal was begun with something else
     * @throws IOException if an output or the journal cannot be written; what is settled stays
     */
    public TableReport run(Path folder, Progress progress) throws IOException {
        var began = System.nanoTime();
        var total = Math.min(options.limit, table.rows());
        if (options.restart) Journal.remove(folder);
        try (var journal = Journal.open(folder, identity.values()); var rows = table.open()) {
            removeUnfinished(folder);
            var names = new OutputNames(options.key, options.format);
            for (var row = rows.next(); !stopped && row.isPresent() && row.get().number() <= total; row = rows.next()) {
                var file = names.next(row.get());
                var known = journal.of(row.get().number());
                if (known.isPresent() && isSettled(known.get(), folder)) {
                    settled++;
                    if (known.get() instanceof Entry.Failed) failures++;
                } else {
                    while (pending.size() >= options.parallel && !stopped) settle(folder, journal, total, progress);
                    if (!stopped) begin(row.get(), file, attempts(known), journal, total, progress);
                }
            }
            while (!pending.isEmpty() && !stopped) settle(folder, journal, total, progress);
            FailureTable.write(folder, journal.all());
            return report(journal, total, Duration.ofNanos(System.nanoTime() - began));
        } finally {
            pending.values().forEach(asked -> asked.reply.cancel());
            pending.clear();
        }
    }

    private static int attempts(Optional<Entry> known) {
        return known.isPresent() && known.get() instanceof Entry.Failed failed ? failed.attempts() : 0;
    }

    /** An output that someone has removed or shortened since is made again. */
    private boolean isSettled(Entry known, Path folder) throws IOException {
        return switch (known) {
            case Entry.Done done ->
                Files.isRegularFile(folder.resolve(done.file())) && Files.size(folder.resolve(done.file())) == done.bytes();
            case Entry.Failed _ -> !options.retryFailed;
        };
    }

    /** What a killed run was writing beside its place. */
    private static void removeUnfinished(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder, ".*.{md,html,json,csv}.*.part")) {
            for (var file : files) Files.delete(file);
        }
    }

    private void begin(TableRow row, String file, int attempts, Journal journal, long total, Progress progress) throws IOException {
        var failure = row.fault().map(sentence -> failed(row, FailureKind.ROW, sentence, attempts));
        if (failure.isEmpty()) {
            try {
                var prompt = prompts.prompt(row.cells());
                if (prompt.isBlank()) throw new UnusablePromptException("The template made no prompt of it.");
                var reply = responder.ask(prompt, seed(row.number(), attempts));
                pending.put(row.number(), new Pending(row, file, attempts, reply));
                reply.answer()
                        .whenComplete((answer, problem) -> outcomes.add(new Outcome(row.number(), Optional.ofNullable(answer), problem)));
                return;
            } catch (TemplateException | TokenizerException e) {
                failure = Optional.of(failed(row, FailureKind.TEMPLATE, e.getMessage(), attempts));
            } catch (UnusablePromptException e) {
                failure = Optional.of(failed(row, FailureKind.PROMPT, e.getMessage(), attempts));
            }
        }
        enter(failure.get(), journal, total, progress);
    }

    /** Each row has its own random numbers, whichever rows run beside it. */
    private long seed(long row, int attempts) {
        return options.seed + row * 0x9E3779B97F4A7C15L + attempts * 0xD1B54A32D192ED03L;
    }

    private String title(TableRow row) {
        return key(row).isBlank() ? "Row " + row.number() : key(row);
    }

    private String key(TableRow row) {
        return options.key.map(key -> row.cells().path(key).asText()).map(key -> key.length() > 200 ? key.substring(0, 200) + "…" : key)
                .orElse("");
    }

    private Entry failed(TableRow row, FailureKind kind, String sentence, int attempts) {
        return new Entry.Failed(row.number(), key(row), kind, "Row " + row.number() + ", line " + row.line() + ": " + sentence,
                attempts + 1);
    }

    /** Waits for an answer, writes it and notes it down. */
    private void settle(Path folder, Journal journal, long total, Progress progress) throws IOException {
        var outcome = next();
        var asked = pending.get(outcome.row);
        if (stopped || asked == null) return;
        pending.remove(outcome.row);
        enter(entry(outcome, asked, folder), journal, total, progress);
    }

    private Outcome next() throws IOException {
        try {
            return outcomes.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("The run was interrupted; what is settled stays.");
        }
    }

    private Entry entry(Outcome outcome, Pending asked, Path folder) throws IOException {
        var row = asked.row;
        if (outcome.failure != null) {
            var why = outcome.failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : outcome.failure;
            return failed(row, kind(why), String.valueOf(why.getMessage()), asked.attempts);
        }
        var answer = outcome.answer.orElseThrow();
        tokens += answer.tokens();
        var rejected = options.format.rejected(answer, options.schema);
        if (rejected.isPresent()) return failed(row, rejected.get().kind(), rejected.get().sentence(), asked.attempts);
        var text = options.format.text(title(row), answer.text()).getBytes(StandardCharsets.UTF_8);
        DurableFile.write(folder.resolve(asked.file), text);
        made++;
        return new Entry.Done(row.number(), asked.file, text.length, answer.cutOff());
    }

    private static FailureKind kind(Throwable why) {
        return switch (why) {
            case UnusablePromptException _ -> FailureKind.PROMPT;
            case DeclinedException _ -> FailureKind.DECLINED;
            default -> FailureKind.MODEL;
        };
    }

    private void enter(Entry entry, Journal journal, long total, Progress progress) throws IOException {
        journal.add(entry);
        settled++;
        if (entry instanceof Entry.Failed) failures++;
        progress.at(settled, total, failures);
    }

    private TableReport report(Journal journal, long total, Duration time) {
        var failed = new TreeMap<FailureKind, Long>();
        long done = 0, cutOff = 0;
        for (var entry : journal.all()) {
            if (entry.row() > total) continue; // of a run with a higher limit
            switch (entry) {
                case Entry.Done one -> {
                    done++;
                    if (one.cutOff()) cutOff++;
                }
                case Entry.Failed one -> failed.merge(one.kind(), 1L, Long::sum);
            }
        }
        return new TableReport(total, done, made, failed, cutOff, tokens, stopped && settled < total, time);
    }
}
