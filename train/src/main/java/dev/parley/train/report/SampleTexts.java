package dev.parley.train.report;

import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.report.MetricLine.Sample;
import java.util.ArrayList;
import java.util.List;

/**
 * What the model in training makes of the same prompts again and again, with the same random numbers each time: how it learns, to read.
 * No random number of the training is used up.
 */
final class SampleTexts {

    private static final int NEW_TOKENS = 60;
    private static final double TEMPERATURE = 0.8;
    private static final long SEED = 0;

    private final Generator generator;
    private final GenerationConfig config;
    private final List<String> prompts = new ArrayList<>();
    private final List<int[]> ids = new ArrayList<>();

    /** @param chat whether prompts are questions of a user, rather than the beginnings of texts */
    SampleTexts(TrainableLM model, Tokenizer tokenizer, List<String> prompts, boolean chat) {
        generator = new Generator(model, tokenizer);
        config = GenerationConfig.DEFAULT.withMaxNewTokens(NEW_TOKENS).withSampling(TEMPERATURE, 0, 1, 0).withSeed(SEED)
                .withStops(tokenizer.eosTokenId().stream().boxed().toList(), List.of());
        for (var prompt : prompts) {
            var prompted = chat ? question(tokenizer, prompt) : beginning(tokenizer, prompt);
            if (prompted.length == 0 || prompted.length >= model.config().maxPositionEmbeddings()) continue; // no room for an answer
            this.prompts.add(prompt);
            ids.add(prompted);
        }
    }

    private static int[] question(Tokenizer tokenizer, String prompt) {
        var template = tokenizer.chatTemplate().orElseThrow();
        return template.ids(tokenizer, ChatTemplateInput.of(List.of(Message.user(prompt))).withGenerationPrompt(true));
    }

    /** As rows of pretraining begin: by a token for the begin of a text, or else that for the end of the one before. */
    private static int[] beginning(Tokenizer tokenizer, String prompt) {
        var text = tokenizer.encode(prompt);
        var begin = tokenizer.bosTokenId().isPresent() ? tokenizer.bosTokenId() : tokenizer.eosTokenId();
        if (begin.isEmpty()) return text;
        var begun = new int[text.length + 1];
        begun[0] = begin.getAsInt();
        System.arraycopy(text, 0, begun, 1, text.length);
        return begun;
    }

    /** A sample of each prompt. */
    List<Sample> write() {
        if (ids.isEmpty()) return List.of();
        var completions = generator.generate(ids, config);
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < completions.size(); i++) samples.add(new Sample(prompts.get(i), completions.get(i).text()));
        return samples;
    }
}
