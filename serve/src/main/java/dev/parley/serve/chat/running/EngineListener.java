package dev.parley.serve.chat.running;

import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.serve.answer.Answerer.Alternative;
import dev.parley.serve.answer.Answerer.AnswerToken;
import dev.parley.serve.answer.Answerer.Ended;
import dev.parley.serve.answer.Answerer.Listener;
import dev.parley.serve.answer.Answerer.Question;
import dev.parley.serve.models.ModelPool;
import dev.parley.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Tells a listener of the chat what an engine tells, in words instead of numbers. Its model stays in memory until the end. */
final class EngineListener implements InferenceEngine.Listener {

    private final ModelPool.Lease lease;
    private final Tokenizer tokenizer;
    private final FittedPrompt prompt;
    private final Listener listener;
    private final long asked = System.nanoTime();
    private int told; // characters of the beginning, which the engine tells again

    EngineListener(ModelPool.Lease lease, Question question, FittedPrompt prompt, Listener listener) {
        this.lease = lease;
        this.prompt = prompt;
        this.listener = listener;
        tokenizer = lease.model().tokenizer();
        var decoder = tokenizer.streamDecoder(true);
        for (var token : question.begun()) {
            var text = decoder.push(token.id());
            told += text.length();
            listener.onTokens(text, List.of(token));
        }
    }

    @Override
    public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
        var known = Math.min(told, text.length());
        told -= known;
        var tokens = new ArrayList<AnswerToken>(ids.length);
        for (var token : logprobs) {
            tokens.add(new AnswerToken(token.id(), text(tokenizer, token.id()), token.logprob(),
                    token.top().stream().map(t -> new Alternative(t.id(), text(tokenizer, t.id()), t.logprob())).toList()));
        }
        listener.onTokens(text.substring(known), tokens);
    }

    /** The text of a token alone; the name of one that has none. */
    static String text(Tokenizer tokenizer, int id) {
        if (id >= tokenizer.vocabSize()) return "";
        var bytes = tokenizer.textBytes(id, false);
        return bytes.length == 0 ? tokenizer.token(id) : new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void onEnd(InferenceEngine.Answer answer) {
        lease.close();
        var completion = answer.completions().getFirst();
        listener.onEnd(new Ended(completion.finishReason().label(), prompt.ids().length - prompt.begun(), prompt.begun() + completion.ids().length,
                (System.nanoTime() - asked) / 1e9, prompt.forgottenTurns()));
    }

    @Override
    public void onFailure(RuntimeException failure) {
        lease.close();
        listener.onFailure("The model could not go on: " + failure.getMessage());
    }
}
