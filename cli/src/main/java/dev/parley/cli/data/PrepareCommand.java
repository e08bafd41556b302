package dev.parley.cli.data;

import dev.parley.cli.Downloads;
import dev.parley.cli.InterruptHandler;
import dev.parley.cli.Interrupted;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.cli.WrongUsage;
import dev.parley.data.cleaning.Cleaning;
import dev.parley.data.cleaning.CleaningSteps;
import dev.parley.data.dedup.Contamination;
import dev.parley.data.prepare.CorpusPreparation;
import dev.parley.data.prepare.Destination;
import dev.parley.data.prepare.JsonLinesFolder;
import dev.parley.data.prepare.PreparationReport;
import dev.parley.data.prepare.PreparationSettings;
import dev.parley.data.prepare.TokenFolder;
import dev.parley.data.shards.ShardOptions;
import dev.parley.data.text.Division;
import dev.parley.data.text.InputFiles;
import dev.parley.data.text.TextReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code data prepare}: text files to token shards, cleaned and without duplicates. */
@Command(name = "prepare", description = "Clean text files, remove duplicates, and write tokens to train on, or text.",
        footer = {"", "Files: .txt, .md, .jsonl, .json, .csv, .tsv, .parquet, each also as .gz or .zst. Folders are searched; put globs in "
                + "quotes.",
            "Steps, in this order: light = unicode, control-characters, whitespace. web = these and mask, c4-lines, duplicate-lines, "
                    + "duplicate-paragraphs, c4-page, gopher-quality, gopher-repetition. Also: length, language. none = none.",
            "", "Example:", "  ./parley data prepare corpus \"more/**/*.jsonl.gz\" --out shards --tokenizer gpt2 --steps web"})
final class PrepareCommand implements Callable<Integer> {

    private static final String OFF = "off";

    private final Output output;

    @Parameters(arity = "1..*", paramLabel = "INPUT", description = "Files, folders and globs.")
    private List<String> inputs;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder to write.")
    private Path out;

    @Option(names = "--tokenizer", paramLabel = "DIR|FILE|gpt2|ORG/NAME",
            description = "Write token shards with this tokenizer. Default: write the text as .jsonl.gz.")
    private String tokenizer;

    @ArgGroup(exclusive = true)
    private StepOptions steps = new StepOptions();

    /** Which steps are applied. */
    private static final class StepOptions {
        @Option(names = "--steps", split = ",", paramLabel = "NAME", description = "Steps of cleaning, see below. Default: light.")
        private List<String> names = List.of("light");

        @Option(names = "--recipe", paramLabel = "FILE",
                description = "A YAML file with steps and their settings, such as: steps: [unicode, {language: {keep: [en, zh]}}].")
        private Path recipe;
    }

    @Option(names = "--text-field", defaultValue = "text", paramLabel = "NAME",
            description = "The field or column that holds the text (default ${DEFAULT-VALUE}).")
    private String textField;

    @Option(names = "--documents", defaultValue = "file", paramLabel = "file|blank-lines|lines|MARK",
            description = "What a document is in plain text: the whole file, what blank lines divide, each line, or what lines with this "
                    + "mark divide, such as <|endoftext|> (default ${DEFAULT-VALUE}).")
    private String documents;

    @Option(names = "--skip-bad", description = "Count lines that cannot be read instead of ending at the first.")
    private boolean skipBad;

    @Option(names = "--validation", defaultValue = "0.005", paramLabel = "PART",
            description = "Part of the documents for the validation split, chosen by a hash of their text (default ${DEFAULT-VALUE}).")
    private double validation;

    @Option(names = "--near-duplicates", defaultValue = "0.8", paramLabel = "SIMILARITY|off",
            description = "Keep one of documents whose Jaccard similarity of five words in a row is this or more "
                    + "(default ${DEFAULT-VALUE}).")
    private String nearDuplicates;

    @Option(names = "--keep-duplicates", description = "Keep all duplicates, exact ones too.")
    private boolean keepDuplicates;

    @Option(names = "--eval-files", arity = "1..*", paramLabel = "FILE",
            description = "Texts of evaluations: documents with 13 words in a row of one are dropped.")
    private List<Path> evalFiles = List.of();

    @Option(names = "--contamination", defaultValue = "drop", paramLabel = "drop|report",
            description = "What becomes of documents that hold texts of --eval-files (default ${DEFAULT-VALUE}).")
    private Found contamination;

    /** What is done with what is found. */
    private enum Found {
        DROP, REPORT
    }

    @Option(names = "--threads", paramLabel = "N", description = "Threads that clean and tokenise (default: all processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--json", description = "Write the report as one JSON object instead of a table.")
    private boolean json;

    PrepareCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var reader = new TextReader(InputFiles.find(inputs), new TextReader.Options(textField, Division.of(documents), skipBad));
        var settings = settings();
        try (var destination = destination()) {
            var report = run(new CorpusPreparation(reader, settings, destination));
            if (json) output.json(report);
            else print(report);
        }
        return Parley.DONE;
    }

    private PreparationSettings settings() throws IOException {
        var cleaning = new Cleaning(steps.recipe == null ? CleaningSteps.of(steps.names) : CleaningSteps.read(steps.recipe));
        var settings = PreparationSettings.usual().withCleaning(cleaning).withThreads(threads)
                .withDuplicates(!keepDuplicates, keepDuplicates ? 0 : similarity());
        if (evalFiles.isEmpty()) return settings;
        return settings.withContamination(Contamination.with(evalFiles), contamination == Found.DROP);
    }

    private double similarity() {
        if (nearDuplicates.equals(OFF)) return 0;
        try {
            var value = Double.parseDouble(nearDuplicates);
            if (value > 0 && value <= 1) return value;
        } catch (NumberFormatException e) {
            // told below
        }
        throw new WrongUsage("--near-duplicates " + nearDuplicates + " is neither a similarity above 0 and up to 1 nor off.");
    }

    private Destination destination() throws IOException {
        var options = ShardOptions.DEFAULT.withValidation(validation);
        return tokenizer == null ? new JsonLinesFolder(out, validation)
                : new TokenFolder(out, Downloads.tokenizer(tokenizer, output), options);
    }

    private PreparationReport run(CorpusPreparation preparation) throws IOException {
        try (var progress = Progress.ofBytes("prepare", 0, Math.max(1, preparation.bytes()), output);
                var interruption = InterruptHandler.stops(preparation::stop, "Stopping.", output)) {
            return preparation.onProgress(at -> progress.at(Math.min(at.read(), at.all()),
                    String.format(Locale.ROOT, "%.1f MB/s of text", at.text() / 1e6 / at.seconds()))).run();
        } catch (CorpusPreparation.Stopped e) {
            throw new Interrupted("Interrupted: nothing was written to " + out + "; the same command begins anew.");
        }
    }

    private void print(PreparationReport report) {
        output.line(report.table().stripTrailing());
        var written = report.written();
        output.line(String.format(Locale.ROOT, "%s: %,d documents to train on, %,d to evaluate on%s", out, written.trainDocuments(),
                written.validationDocuments(), tokenizer == null ? ""
                        : String.format(Locale.ROOT, "; %,d and %,d tokens", written.trainTokens(), written.validationTokens())));
        output.line(String.format(Locale.ROOT, "%.1f s, %.1f MB/s of text. Dropped documents: %s", report.seconds(),
                report.bytes() / 1e6 / report.seconds(), out.resolve("samples.jsonl")));
        report.notes().forEach(output::note);
        if (report.badLines() > 0) {
            output.note(String.format(Locale.ROOT, "%,d lines could not be read and were passed over:", report.badLines()));
            report.badLineSamples().forEach(sentence -> output.note("  " + sentence));
        }
    }
}
