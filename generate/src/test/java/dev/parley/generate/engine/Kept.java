package dev.parley.generate.engine;

import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.sampling.TokenLogprob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A listener that keeps what it is told. */
class Kept implements InferenceEngine.Listener {

    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    final List<Integer> ids = Collections.synchronizedList(new ArrayList<>());
    final StringBuffer text = new StringBuffer();
    final CountDownLatch first = new CountDownLatch(1);

    @Override
    public void onTokens(int row, int[] newIds, List<TokenLogprob> logprobs, String piece) {
        for (var id : newIds) ids.add(id);
        text.append(piece);
        first.countDown();
    }

    @Override
    public void onEnd(Answer ended) {
        answer.complete(ended);
    }

    @Override
    public void onFailure(RuntimeException failure) {
        answer.completeExceptionally(failure);
    }

    Answer await() {
        try {
            return answer.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException("no answer came", e);
        }
    }
}
