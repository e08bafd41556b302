package dev.parley.cli;

import dev.parley.explain.Analysis;
import dev.parley.explain.ExplainOptions;
import dev.parley.explain.ExplainedText;
import dev.parley.explain.Explanation;
import dev.parley.explain.NearestPassages;
import dev.parley.explain.NearestPassages.Comparison;
import dev.parley.explain.SingleToken;
import dev.parley.explain.TrainingPassages;
import dev.parley.explain.page.ExplanationJson;
import dev.parley.explain.page.ExplanationPage;
import dev.parley.files.DurableFile;
import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code parley explain}: why a model says what it says. */
@Command(name = "explain",
        description = "Shows why a model says what it says: which tokens of the prompt an answer rests on, and what each "
                + "layer does for it.",
        footer = {"", "Examples:",
            "  ./parley explain --model my-model --chat --prompt \"What is a cat?\" --html cat.html",
            "  ./parley explain --model my-model --prompt \"The cat sat on the\" --answer \" mat\" --contrast \" hat\""})
final class ExplainCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    ModelOptions model;

    @ArgGroup(multiplicity = "1")
    Prompt prompt;

    /** One of the ways to give a prompt. */
    static final class Prompt {

        @Option(names = "--prompt", paramLabel = "TEXT", description = "What the model reads; special tokens written in it are recognised.")
        String text;

        @Option(names = "--ids", paramLabel = "1,2,3", description = "The same as token ids; works without a tokenizer.")
        String ids;
    }

    @Option(names = "--chat", description = "The prompt is a question to a chat model: it is put into the model's chat template.")
    boolean chat;

    @ArgGroup
    Answer answer = new Answer();

    /** One of the ways to give an answer. */
    static final class Answer {

        @Option(names = "--answer", paramLabel = "TEXT", description = "The answer to explain. Without one, the model's own most probable.")
        String text;

        @Option(names = "--answer-ids", paramLabel = "1,2,3", description = "The same as token ids.")
        String ids;
    }

    @Option(names = "--max-new-tokens", paramLabel = "N", defaultValue = "24",
            description = "Tokens of an answer that the model gives, at most. Default: ${DEFAULT-VALUE}.")
    int maxNewTokens;

    @Option(names = "--token", paramLabel = "N",
            description = "Explain only this token of the answer, the first is 1; may be given several times. Default: all.")
    List<Integer> tokens = new ArrayList<>();

    @Option(names = "--contrast", paramLabel = "TOKEN",
            description = "Why the answer's token (the first, or that of --token) rather than this one; an id where there is no tokenizer.")
    String contrast;

    @Option(names = "--analyses", paramLabel = "NAME", split = ",",
            description = "What to make: attention, rollout, gradient-x-input, integrated-gradients, occlusion, logit-lens, "
                    + "logit-attribution, training-passages. Default: all that can be made here; with --engine java those without "
                    + "gradients.")
    List<String> analyses = new ArrayList<>();

    @Option(names = "--steps", paramLabel = "N", defaultValue = "64",
            description = "Gradients that integrated gradients take for each token. Default: ${DEFAULT-VALUE}.")
    int steps;

    @Option(names = "--baseline", paramLabel = "TOKEN",
            description = "The token that stands for nothing where one is taken away; an id where there is no tokenizer. Default: a space.")
    String baseline;

    @Option(names = "--training-data", paramLabel = "FILE", split = ",",
            description = "What the model was trained on: texts or conversations. Default: what its folder names.")
    List<Path> trainingData = new ArrayList<>();

    @Option(names = "--passage-state", paramLabel = "STATE", defaultValue = "mean",
            description = "What stands for a training passage: mean or last hidden state. Default: ${DEFAULT-VALUE}.")
    NearestPassages.State passageState;

    @Option(names = "--most-passages", paramLabel = "N", defaultValue = "2000",
            description = "Training passages to compare: of more, those that share most tokens with the text. Default: ${DEFAULT-VALUE}.")
    int mostPassages;

    @Option(names = "--no-faithfulness", description = "Do not check the attributions, which takes a hundred readings of the text.")
    boolean noFaithfulness;

    @Option(names = "--html", paramLabel = "FILE", description = "Write an interactive page, in one file that fetches nothing.")
    Path html;

    @Option(names = "--lang", paramLabel = "LANG", description = "Language of the page: en, zh. Default: the reader's browser's.")
    ExplanationPage.Language language;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    boolean json;

    ExplainCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var wanted = analyses();
        if (chat && prompt.text == null) throw new WrongUsage("--chat puts a --prompt into the chat template; --ids are read as they are.");
        model.find(output);
        var tokenizer = prompt.text != null ? Optional.of(model.requireTokenizer()) : model.tokenizer();
        try (var loaded = model.load()) {
            var text = text(loaded, tokenizer);
            var explanation = explained(loaded, tokenizer, text, options(wanted, tokenizer, text));
            var found = ExplanationJson.of(model.name, explanation);
            if (html != null) {
                DurableFile.write(html, ExplanationPage.html(found, Optional.ofNullable(language)));
                output.note("Open " + html + " in a browser.");
            }
            if (json) output.json(found);
            else new ExplanationTable(explanation, output).print();
        }
        return Parley.DONE;
    }

    private Explanation explained(CausalLM loaded, Optional<Tokenizer> tokenizer, ExplainedText text, ExplainOptions options) {
        try (var progress = new ExplainProgress(output)) {
            return Explanation.of(loaded, tokenizer, text, options.onProgress(progress));
        }
    }

    private Optional<EnumSet<Analysis>> analyses() {
        if (analyses.isEmpty()) return Optional.empty();
        var wanted = EnumSet.noneOf(Analysis.class);
        for (var name : analyses) {
            wanted.add(Analysis.named(name).orElseThrow(() -> new WrongUsage("--analyses " + name + " is none of "
                    + Arrays.stream(Analysis.values()).map(a -> a.label().replace('_', '-')).collect(Collectors.joining(", ")) + ".")));
        }
        return Optional.of(wanted);
    }

    private ExplainedText text(CausalLM loaded, Optional<Tokenizer> tokenizer) throws IOException {
        var promptIds = prompt.text == null ? IdRows.parse(prompt.ids)
                : chat ? question(tokenizer.orElseThrow()) : tokenizer.orElseThrow().encodeForModel(prompt.text);
        var answerIds = answer.ids != null ? IdRows.parse(answer.ids)
                : answer.text != null ? tokenizer.orElseGet(model::requireTokenizer).encodeWithSpecialTokens(answer.text)
                        : generated(loaded, tokenizer, promptIds);
        return ExplainedText.of(tokenizer, promptIds, answerIds);
    }

    private int[] question(Tokenizer tokenizer) {
        var template = tokenizer.chatTemplate()
                .orElseThrow(() -> new IllegalArgumentException(model.folder() + " has no chat template; leave out --chat."));
        return template.encode(tokenizer, List.of(Message.user(prompt.text)), true).ids();
    }

    private int[] generated(CausalLM loaded, Optional<Tokenizer> tokenizer, int[] promptIds) throws IOException {
        if (maxNewTokens < 1) throw new WrongUsage("--max-new-tokens " + maxNewTokens + " is below 1.");
        var config = EngineOptions.withEnds(GenerationConfig.read(model.folder()), loaded, tokenizer).toBuilder().temperature(0)
                .numReturnSequences(1).maxNewTokens(maxNewTokens).build();
        var generator = tokenizer.map(t -> new Generator(loaded, t)).orElseGet(() -> new Generator(loaded));
        var completion = generator.generate(List.of(promptIds), config).getFirst();
        if (completion.ids().length == 0) {
            throw new IllegalArgumentException("The model ends at once and gives no answer; give one with --answer.");
        }
        return completion.ids();
    }

    private ExplainOptions options(Optional<EnumSet<Analysis>> wanted, Optional<Tokenizer> tokenizer, ExplainedText text)
            throws IOException {
        var options = ExplainOptions.DEFAULT.withTokens(tokens).withSteps(steps).withFaithfulness(!noFaithfulness);
        var training = training(wanted, tokenizer);
        if (training.isPresent()) options = options.withTraining(training.get());
        if (wanted.isPresent()) options = options.withAnalyses(wanted.get());
        else if (model.engine.engine == Backend.JAVA) options = options.withoutGradients();
        if (baseline != null) options = options.withBaseline(token("--baseline", baseline, tokenizer, text.ids()[text.promptLength()]));
        if (contrast == null) return options;
        var number = tokens.isEmpty() ? 1 : tokens.getFirst();
        var place = text.promptLength() + Math.clamp(number, 1, text.answerLength()) - 1;
        return options.withContrast(token("--contrast", contrast, tokenizer, text.ids()[place]));
    }

    /** Where the folder names no data, passages are missed only if they were asked for. */
    private Optional<Comparison> training(Optional<EnumSet<Analysis>> wanted, Optional<Tokenizer> tokenizer) throws IOException {
        var asked = wanted.isPresent() && wanted.get().contains(Analysis.TRAINING_PASSAGES) || !trainingData.isEmpty();
        if (!asked && (wanted.isPresent() || tokenizer.isEmpty() || !TrainingPassages.areNamedIn(model.folder()))) return Optional.empty();
        if (mostPassages < 1) throw new WrongUsage("--most-passages " + mostPassages + " is below 1.");
        var reads = tokenizer.orElseThrow(() -> new IllegalArgumentException("Training passages need the model's tokenizer."));
        try {
            var passages = trainingData.isEmpty() ? TrainingPassages.of(model.folder(), reads)
                    : TrainingPassages.ofFiles(trainingData, reads);
            return Optional.of(new Comparison(passages, passageState, mostPassages));
        } catch (IllegalArgumentException e) {
            if (asked) throw e;
            output.note("Training passages are left out: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static int token(String option, String given, Optional<Tokenizer> tokenizer, int beside) {
        if (tokenizer.isPresent()) return SingleToken.of(tokenizer.get(), given, beside);
        try {
            return Integer.parseInt(given.strip());
        } catch (NumberFormatException e) {
            throw new WrongUsage(option + " " + given + " is no token id, and the model has no tokenizer.");
        }
    }
}
