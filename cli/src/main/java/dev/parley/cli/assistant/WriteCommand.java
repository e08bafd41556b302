package dev.parley.cli.assistant;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.assist.writing.Poem;
import dev.parley.assist.writing.VerseForm;
import dev.parley.assist.writing.VerseWriter;
import dev.parley.cli.InterruptHandler;
import dev.parley.cli.Interrupted;
import dev.parley.cli.ModelOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.SamplingOptions;
import dev.parley.cli.WrongUsage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assistant write}: a poem in a form. */
@Command(name = "write", description = "Writes a poem whose lines keep a form, the best of several by the model's own score.",
        footer = {"", "Forms: 五言绝句, 七言绝句, 五言律诗, 七言律诗, haiku, tanka, limerick, and lines of your own: characters:7,7,5,5 or",
            "syllables:5,7,5. The form is kept by constrained generation, whatever the model; rhyme and tones are not.",
            "", "Examples:", "  ./parley assistant write --form 七言绝句 --topic 秋月 --model my-model --best-of 8",
            "  ./parley assistant write --form haiku --topic \"first snow\" --model my-model --temperature 0.8 --all"})
public final class WriteCommand implements Callable<Integer> {

    private static final int MOST = 64;

    private final Output output;

    @Option(names = "--form", required = true, paramLabel = "FORM", description = "The form of the poem.")
    private String form;

    @Option(names = "--topic", required = true, paramLabel = "TEXT", description = "What it is about.")
    private String topic;

    @Option(names = "--best-of", paramLabel = "N", defaultValue = "1",
            description = "Poems that are made; that with the highest mean log-probability per token is shown. "
                    + "Default: ${DEFAULT-VALUE}.")
    private int bestOf;

    @Option(names = "--all", description = "Show all of them with their scores, the best first.")
    private boolean all;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Mixin
    private ModelOptions model;

    @Mixin
    private SamplingOptions sampling = SamplingOptions.ofOneAnswer();

    /** Makes the command. */
    public WriteCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (bestOf < 1 || bestOf > MOST) throw new WrongUsage("--best-of is 1 to " + MOST + ".");
        var asked = VerseForm.named(form);
        model.find(output);
        var given = WritingModel.settings(model.folder(), sampling, "The form of a poem is said by --form.");
        if (bestOf > 1 && given.temperature() == 0)
            throw new WrongUsage("Without chance all poems are the same; --best-of needs --temperature above 0.");
        var stopped = new AtomicBoolean();
        try (var writer = WritingModel.open(model.folder(), model.engine(), given);
                var interruption = InterruptHandler.stops(() -> stopped.set(true), "Stopping; poems that are whole are shown.", output)) {
            show(asked, new VerseWriter(writer.model(), writer.tokenizer(), writer.config()).write(asked, topic, bestOf, stopped::get));
        }
        if (stopped.get()) throw new Interrupted("Interrupted.");
        return Parley.DONE;
    }

    private void show(VerseForm asked, List<Poem> poems) {
        var shown = all ? poems : poems.subList(0, Math.min(1, poems.size()));
        if (json) {
            var result = JsonNodeFactory.instance.objectNode().put("form", asked.name()).put("asked", bestOf).put("whole", poems.size());
            var list = result.putArray("poems");
            for (var poem : shown)
                list.addObject().put("text", poem.text()).put("mean_logprob", poem.meanLogprob()).put("tokens", poem.ids().size());
            output.json(result);
            return;
        }
        for (var poem : shown) {
            output.line(poem.text());
            if (bestOf > 1)
                output.line(String.format(Locale.ROOT, "(mean log-probability %.4f, %d tokens)", poem.meanLogprob(), poem.ids().size()));
            if (all) output.line("");
        }
    }
}
