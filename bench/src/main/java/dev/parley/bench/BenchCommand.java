package dev.parley.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.tensor.Engine;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley bench}: speeds beside a limit or a peer that is measured in the same run, in turn. */
@Command(name = "bench", description = {"Measure speed beside a limit of this machine or a peer, in the same run.",
    "train: training steps of GPT-2 124M, in full and by an adapter, and of the quickstart. decode: GPT-2's next token. "
            + "tokenizer: encoding with GPT-2's vocabulary. "
            + "serve: many streams, the cost of HTTP, the prefix cache, the start. "
            + "knowledge: a thousand pages of PDF indexed and searched."},
        footer = {"", "Examples:", "  ./parley bench train", "  ./parley bench tokenizer --json",
            "  ./parley bench decode --model big --draft-model small", "  ./parley bench serve --only start",
            "  ./parley bench serve --soak 300", "  ./parley bench serve --hostile"})
final class BenchCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "train|decode|tokenizer|serve|knowledge", description = "What to measure.")
    private Subject subject;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Option(names = "--peer-command", paramLabel = "COMMAND",
            description = "decode: a program to compare with, such as bench/peers/llama.mjs. Default: llama.cpp's build from Maven.")
    private Optional<String> peerCommand = Optional.empty();

    @Option(names = "--large", description = "decode: also measure a Llama of half a billion weights; takes some minutes and 4 GB of disk.")
    private boolean large;

    @Option(names = "--gguf", paramLabel = "FILE", description = "decode: measure this GGUF file instead, beside the other program.")
    private Optional<Path> gguf = Optional.empty();

    @Option(names = "--mixture",
            description = "decode: measure a random mixture of experts in GPT-OSS's shape and MXFP4 instead; takes 1 GB of disk.")
    private boolean mixture;

    @Option(names = "--model", paramLabel = "DIR",
            description = "decode: measure this model instead, alone and with the drafts of --draft-model.")
    private Optional<Path> model = Optional.empty();

    @Option(names = "--draft-model", paramLabel = "DIR", description = "decode: a smaller model with the same tokenizer.")
    private Optional<Path> draft = Optional.empty();

    @Option(names = "--prompts", paramLabel = "FILE", description = "decode, with --model: a prompt in each line.")
    private Optional<Path> prompts = Optional.empty();

    @Option(names = "--num-assistant-tokens", paramLabel = "N", description = "decode, with --model: tokens drafted at a time. Default: 4.")
    private Optional<Integer> together = Optional.empty();

    @Option(names = "--steps", paramLabel = "N", description = "train: steps of GPT-2, at least 10. Default: 14.")
    private Optional<Integer> steps = Optional.empty();

    @Option(names = "--soak", paramLabel = "SECONDS",
            description = "serve: run 64 clients for this long instead, a fifth of whose requests leave midway.")
    private Optional<Integer> soak = Optional.empty();

    @Option(names = "--hostile",
            description = "serve: run one honest stream beside hostile requests instead, and measure its longest gap beside each.")
    private boolean hostile;

    @Option(names = "--only", paramLabel = "streams|adapters|swap|http|beginning|start",
            description = "serve: measure only this; may be given several times.")
    private Set<ServeBench.Part> only = EnumSet.allOf(ServeBench.Part.class);

    BenchCommand(Output output) {
        this.output = output;
    }

    /** What can be measured. */
    enum Subject { TRAIN, DECODE, TOKENIZER, SERVE, KNOWLEDGE }

    @Override
    public Integer call() throws IOException {
        output.note(Engine.describeInOneLine());
        if (steps.isPresent() && steps.get() < 10) throw new IllegalArgumentException("--steps is " + steps.get() + "; it is at least 10.");
        var rows = switch (subject) {
            case TRAIN -> TrainBench.rows(steps, output::note);
            case DECODE -> model.isPresent() ? DraftBench.rows(drafting(), output::note) : mixture ? MixtureBench.rows(peerCommand, output::note)
                    : gguf.isPresent() ? GgufBench.rows(gguf.get(), peerCommand, output::note)
                            : DecodeBench.rows(output::note, peerCommand, large);
            case TOKENIZER -> TokenizerBench.rows(output::note);
            case KNOWLEDGE -> KnowledgeBench.rows(output::note);
            case SERVE -> hostile ? HostileBench.rows(output::note)
                    : soak.isPresent() ? SoakBench.rows(soak.get(), output::note) : ServeBench.rows(only, launcher(), output::note);
        };
        if (json) json(rows);
        else rows.forEach(row -> output.line(text(row)));
        return Parley.DONE;
    }

    private DraftBench.Given drafting() {
        if (draft.isEmpty()) throw new IllegalArgumentException("--model is measured with a model that drafts for it: add --draft-model.");
        return new DraftBench.Given(model.orElseThrow(), draft.get(), prompts, together);
    }

    /** {@code parley} of this build: this class lies in {@code bench/target} beside it. */
    private static Path launcher() {
        try {
            return Path.of(BenchCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI()).resolve("../../../parley")
                    .normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void json(List<BenchRow> rows) {
        var object = JsonNodeFactory.instance.objectNode();
        var array = object.putArray("rows");
        for (var row : rows) {
            var node = array.addObject().put("name", row.name()).put("ours", row.ours()).put("unit", row.unit());
            row.peer().ifPresent(p -> node.put("peer", p.value()).put("peer_name", p.name()).put("ratio", row.ours() / p.value()));
            row.limit().ifPresent(l -> node.put("limit", l.value()).put("limit_name", l.name()).put("of_limit", row.ours() / l.value()));
        }
        output.json(object);
    }

    private static String text(BenchRow row) {
        var text = new StringBuilder(String.format(Locale.ROOT, "%-56s %8.1f %s", row.name(), row.ours(), row.unit()));
        row.peer().ifPresent(
                p -> text.append(String.format(Locale.ROOT, "   %.2f x %s (%.1f)", row.ours() / p.value(), p.name(), p.value())));
        row.limit().ifPresent(
                l -> text.append(String.format(Locale.ROOT, "   %.2f of %s (%.1f)", row.ours() / l.value(), l.name(), l.value())));
        return text.toString();
    }
}
