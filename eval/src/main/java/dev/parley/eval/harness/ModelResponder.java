package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.eval.scoring.Continuation;
import dev.parley.eval.scoring.ContinuationEncoder;
import dev.parley.eval.scoring.Scorer;
import dev.parley.eval.scoring.TokenScores;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.Completion;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** Answers requests by a model: likelihoods by the scorer, texts by the engine that also serves. */
public final class ModelResponder implements Respondent {

    private static final Limits LIMITS = new Limits(32, Integer.MAX_VALUE, 1L << 30, 256);

    private final CausalLM model;
    private final Tokenizer tokenizer;
    private final ContinuationEncoder encoder;
    private final ObjectNode settings;

    /**
     * A responder by a model, which stays the caller's.
     *
     * @param settings of the model that change a score, for the results
     */
    public ModelResponder(CausalLM model, Tokenizer tokenizer, ObjectNode settings) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
        encoder = new ContinuationEncoder(tokenizer, model.config());
    }

    @Override
    public ObjectNode settings() {
        return settings.deepCopy();
    }

    @Override
    public void respond(List<Request> requests, Listener listener) {
        likelihoods(requests, listener);
        texts(requests, listener);
    }

    // ---- likelihoods ----

    /** A request's part of the continuations that are asked together. */
    private static final class Asked {

        private final int request;
        private final boolean rolling;
        private final double[] sums;
        private int missing;
        private boolean greedy = true;

        Asked(int request, boolean rolling, int parts) {
            this.request = request;
            this.rolling = rolling;
            sums = new double[parts];
            missing = parts;
        }

        void add(int part, TokenScores scores) {
            sums[part] = scores.sum();
            greedy &= scores.isGreedy();
            missing--;
        }

        JsonNode response() {
            var sum = Arrays.stream(sums).sum();
            if (rolling) return JsonNodeFactory.instance.numberNode(sum);
            return JsonNodeFactory.instance.arrayNode().add(sum).add(greedy);
        }
    }

    private void likelihoods(List<Request> requests, Listener listener) {
        record Part(Asked asked, int number) {}
        var parts = new ArrayList<Part>();
        var continuations = new ArrayList<Continuation>();
        for (int i = 0; i < requests.size(); i++) {
            var windows = switch (requests.get(i)) {
                case Request.Likelihood r -> List.of(encoder.pair(r.context(), r.continuation()));
                case Request.Rolling r -> encoder.rolling(r.text());
                case Request.Generate r -> List.<Continuation>of();
            };
            var asked = new Asked(i, requests.get(i) instanceof Request.Rolling, windows.size());
            if (windows.isEmpty() && asked.rolling) listener.onResponse(i, asked.response());
            for (int w = 0; w < windows.size(); w++) parts.add(new Part(asked, w));
            continuations.addAll(windows);
        }
        if (continuations.isEmpty()) return;
        try (var scorer = Scorer.of(model)) {
            scorer.score(continuations, (index, scores) -> {
                var part = parts.get(index);
                part.asked.add(part.number, scores);
                if (part.asked.missing == 0) listener.onResponse(part.asked.request, part.asked.response());
            });
        }
    }

    // ---- texts ----

    private List<Integer> ends() {
        var ends = new LinkedHashSet<>(model.config().eosTokenIds());
        tokenizer.eosTokenId().ifPresent(ends::add);
        return List.copyOf(ends);
    }

    private void texts(List<Request> requests, Listener listener) {
        record Prompt(int request, int[] ids, Request.Generate asked, GenerationSettings settings) {}
        var prompts = new ArrayList<Prompt>();
        for (int i = 0; i < requests.size(); i++) {
            if (!(requests.get(i) instanceof Request.Generate asked)) continue;
            var settings = GenerationSettings.of(asked.settings(), ends());
            prompts.add(new Prompt(i, fitted(asked.context(), settings), asked, settings));
        }
        if (prompts.isEmpty()) return;
        prompts.sort(Comparator.comparing(Prompt::ids, Arrays::compare)); // neighbours that begin alike meet in the prefix cache
        try (var engine = new InferenceEngine(model, tokenizer, LIMITS)) {
            var ended = new LinkedBlockingQueue<Runnable>();
            for (var prompt : prompts) {
                var config = prompt.settings.config().toBuilder().numReturnSequences(prompt.asked.repeats()).build();
                engine.submit(TextRequest.of(prompt.ids, config),
                        new Ended(completions -> ended.add(() -> listener.onResponse(prompt.request, texts(completions, prompt.settings))),
                                failure -> ended.add(() -> {
                                    throw failure;
                                })));
            }
            for (int i = 0; i < prompts.size(); i++) take(ended).run();
        }
    }

    private static Runnable take(LinkedBlockingQueue<Runnable> ended) {
        try {
            return ended.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TaskException("The evaluation was interrupted.");
        }
    }

    /** The prompt's tokens, of which the first are left out where there would be no room for an answer. */
    private int[] fitted(String context, GenerationSettings settings) {
        var room = model.config().maxPositionEmbeddings() - settings.maxNewTokens();
        if (room < 1) {
            throw new TaskException("The task asks for answers of " + settings.maxNewTokens() + " tokens and the model's context holds "
                    + model.config().maxPositionEmbeddings() + "; ask for fewer, as by --gen-kwargs max_gen_toks=32.");
        }
        var ids = context.isEmpty() ? new int[] {encoder.prefix()} : tokenizer.encodeForModel(context);
        return ids.length <= room ? ids : Arrays.copyOfRange(ids, ids.length - room, ids.length);
    }

    private static ArrayNode texts(List<Completion> completions, GenerationSettings settings) {
        var texts = JsonNodeFactory.instance.arrayNode();
        for (var completion : completions) {
            var text = completion.text();
            for (var end : settings.until()) {
                var at = text.indexOf(end);
                if (at >= 0) text = text.substring(0, at);
            }
            texts.add(TextNode.valueOf(text));
        }
        return texts;
    }

    /** Waits for the end of a text. */
    private record Ended(Consumer<List<Completion>> onAnswer, Consumer<RuntimeException> onProblem)
            implements InferenceEngine.Listener {

        @Override
        public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
            // The whole text comes at the end.
        }

        @Override
        public void onEnd(InferenceEngine.Answer answer) {
            onAnswer.accept(answer.completions());
        }

        @Override
        public void onFailure(RuntimeException failure) {
            onProblem.accept(failure);
        }
    }

    @Override
    public void close() {
        // The model is the caller's.
    }
}
