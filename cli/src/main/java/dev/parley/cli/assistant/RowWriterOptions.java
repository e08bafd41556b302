package dev.parley.cli.assistant;

import dev.parley.assist.Assistant;
import dev.parley.assist.LocalText;
import dev.parley.assist.OutputForm;
import dev.parley.assist.automation.AssistantResponder;
import dev.parley.assist.automation.BatchedResponder;
import dev.parley.assist.automation.OutputFormat;
import dev.parley.assist.automation.RowResponder;
import dev.parley.assist.automation.RunIdentity;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.cli.SamplingOptions;
import dev.parley.cli.WrongUsage;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.grammar.Grammar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say who writes the outputs of a table's rows: a model, or an assistant. */
final class RowWriterOptions {

    private static final String FORM = "The form of the outputs is said by --format, --form and --schema.";

    @Option(names = "--model", paramLabel = "DIR|ORG/NAME",
            description = "The model that writes: a folder, or a model of the hub. With --assistant its default is the one that the "
                    + "assistant's file names.")
    private String model;

    @Option(names = "--assistant", paramLabel = "NAME|FILE",
            description = "The assistant that writes, with its instructions, knowledge, guardrails, tools and settings.")
    private String assistant;

    @Option(names = "--form", paramLabel = "NAME",
            description = "With --assistant: the form of every output, one of those that the assistant's file has.")
    private String form;

    @Option(names = "--system", paramLabel = "TEXT", description = "Without --assistant: an instruction before each prompt.")
    private String system;

    @Mixin
    private OpeningOptions opening;

    @Mixin
    private SamplingOptions sampling = SamplingOptions.ofOneAnswer();

    /**
     * Who writes.
     *
     * @param identity what the outputs depend on, beside table, template and options
     * @param grammar that outputs of JSON keep
     */
    record RowWriter(RowResponder responder, RunIdentity identity, Optional<Grammar> grammar, long seed) {}

    /**
     * Opens it.
     *
     * @param schema text of a JSON Schema that every output conforms to
     * @param parallel rows at once
     */
    RowWriter open(OutputFormat format, Optional<String> schema, int parallel, Closing closing, Output output) throws IOException {
        var limits = Limits.DEFAULT.withRunning(parallel);
        if (assistant != null) return byAssistant(format, schema, limits, closing, output);
        if (model == null) throw new WrongUsage("Say who writes: --model, or --assistant.");
        if (form != null) throw new WrongUsage("--form goes with --assistant, whose file has forms.");
        return byModel(format, schema, limits, closing, output);
    }

    private static Optional<Grammar> grammar(OutputFormat format, Optional<String> schema) {
        return format == OutputFormat.JSON ? Optional.of(schema.map(Grammar::ofJsonSchema).orElseGet(Grammar::ofJsonObject))
                : Optional.empty();
    }

    private RowWriter byModel(OutputFormat format, Optional<String> schema, Limits limits, Closing closing, Output output)
            throws IOException {
        var grammar = grammar(format, schema);
        var folder = Downloads.model(model, output);
        var given = WritingModel.settings(folder, sampling, FORM);
        var writer = closing.later(WritingModel.open(folder, opening.engine(), given));
        var identity = identity(folder, schema, writer.config()).text("system", instruction());
        var config = grammar.map(g -> writer.config().toBuilder().grammar(g).build()).orElse(writer.config());
        var responder = closing.later(new BatchedResponder(writer.model(), writer.tokenizer(), config, instruction(), limits));
        return new RowWriter(responder, identity, grammar, config.seed());
    }

    private String instruction() {
        return system == null ? "" : system;
    }

    private RowWriter byAssistant(OutputFormat format, Optional<String> schema, Limits limits, Closing closing, Output output)
            throws IOException {
        if (system != null) throw new WrongUsage("--system goes without --assistant, whose file has the instructions.");
        if (form != null && schema.isPresent()) throw new WrongUsage("Either --form or --schema says what an output looks like.");
        var found = opening.find(assistant, closing, output);
        var kept = form(found, format, schema);
        var chosen = OpeningOptions.model(Optional.ofNullable(model), found, "");
        var folder = Downloads.model(chosen, output);
        WritingModel.settings(folder, sampling, FORM);
        var open = opening.open(found, (source, tool, arguments) -> false, closing, output);
        var responder = opening.responder(chosen, limits, closing, output);
        var config = given(found.sampling().over(responder.recommended()));
        var identity = identity(folder, schema, config).text("assistant", Files.readString(found.file())).text("documents", documents(open))
                .value("form", kept.map(OutputForm::name).orElse(""));
        var rows = closing.later(new AssistantResponder(open, responder::beside, kept, this::given));
        return new RowWriter(rows, identity, format == OutputFormat.JSON ? kept.flatMap(OutputForm::grammar) : Optional.empty(),
                config.seed());
    }

    /** The form that was asked for, else the assistant's own; where JSON is written and it has no grammar, any object. */
    private Optional<OutputForm> form(Assistant found, OutputFormat format, Optional<String> schema) {
        var named = form == null ? found.output() : Optional.of(found.form(form));
        if (format != OutputFormat.JSON) return named;
        if (schema.isEmpty() && named.flatMap(OutputForm::grammar).isPresent()) return named;
        return Optional.of(new OutputForm(named.map(OutputForm::name).orElse("json"), LocalText.NONE,
                named.map(OutputForm::instruction).orElse(LocalText.NONE), grammar(format, schema)));
    }

    private GenerationConfig given(GenerationConfig config) {
        try {
            return sampling.config(config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RunIdentity identity(Path folder, Optional<String> schema, GenerationConfig config) {
        var identity = new RunIdentity().model("model", folder).text("schema", schema.orElse("")).settings(config);
        opening.engine().settings().forEach(identity::value);
        return identity;
    }

    /** What the assistant has read, file by file. */
    private static String documents(OpenAssistant open) {
        return open.knowledge().stream().flatMap(base -> base.files().stream()).map(file -> file.source() + " " + file.checksum())
                .collect(Collectors.joining("\n"));
    }
}
