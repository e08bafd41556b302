package dev.parley.serve.openai.completions;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.EngineCall;
import dev.parley.serve.answering.LogprobsJson;
import dev.parley.serve.answering.Usage;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.completions.CompletionRequest.Prompt;
import dev.parley.tokenizer.StreamDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The completions of prompts, the same whether a client takes them piece by piece or as wholes: a whole is the pieces
 * together.
 *
 * @param choices those of the first prompt first
 */
record CompletionAnswer(List<Choice> choices, Usage usage) {

    /**
     * A completion in full.
     *
     * @param logprobs as OpenAI's API writes them, where they were asked for
     * @param finishReason {@code stop} or {@code length}
     */
    record Choice(String text, Optional<ObjectNode> logprobs, String finishReason) {}

    /** Takes pieces as they come, on the thread that waits for the completions. */
    @FunctionalInterface
    interface Reader {

        /** @param logprobs of the tokens that have come since the last time; the text may still wait for more */
        void onPiece(int choice, String text, Optional<ObjectNode> logprobs);
    }

    /**
     * Lets the model go on.
     *
     * @param caller whose request it is
     * @param reader is told of all pieces before this returns
     * @throws ClientGone if the client left
     * @throws dev.parley.serve.http.ApiError if the engine cannot take it
     */
    static CompletionAnswer run(ServedModel model, CompletionRequest asked, Caller caller, ClientPresence client, Reader reader) {
        var run = new Run(model, asked, reader);
        var requests = asked.prompts().stream().map(prompt -> asked.request(prompt, caller.id())).toList();
        var answers = EngineCall.run(model, requests, caller, client, run);
        var usage = new Usage(0, 0, 0);
        var choices = new ArrayList<Choice>();
        for (int i = 0; i < answers.size(); i++) {
            usage = usage.plus(Usage.of(asked.prompts().get(i).ids().length, answers.get(i)));
            var completions = answers.get(i).completions(); // beams may find fewer than n
            for (int j = 0; j < completions.size(); j++) choices.add(run.choice(i, j).choice(completions.get(j).finishReason().label()));
        }
        return new CompletionAnswer(List.copyOf(choices), usage);
    }

    /** All completions while they grow. */
    private static final class Run implements EngineCall.Reader {

        private final CompletionRequest asked;
        private final Reader reader;
        private final int n; // completions of each prompt
        private final List<GrowingChoice> growing = new ArrayList<>();

        Run(ServedModel model, CompletionRequest asked, Reader reader) {
            this.asked = asked;
            this.reader = reader;
            n = asked.settings().numReturnSequences();
            for (var prompt : asked.prompts()) {
                for (int i = 0; i < n; i++) growing.add(new GrowingChoice(model, asked, prompt));
            }
        }

        GrowingChoice choice(int request, int number) {
            return growing.get(request * n + number);
        }

        @Override
        public void onTokens(int request, int row, int[] ids, List<TokenLogprob> logprobs, String text) {
            // A prompt's own probabilities are told with its end, and come before those of what follows it.
            if (!asked.echoesLogprobs()) tell(request * n + row, choice(request, row).take(List.of(), logprobs, text));
        }

        @Override
        public void onEnd(int request, Answer answer) {
            for (int i = 0; i < answer.completions().size(); i++) { // beams may find fewer than n
                var completion = answer.completions().get(i);
                if (asked.echoesLogprobs())
                    tell(request * n + i, choice(request, i).take(answer.promptLogprobs(), completion.logprobs(), completion.text()));
                // a prompt that nothing follows
                else if (asked.echo()) tell(request * n + i, choice(request, i).take(List.of(), List.of(), ""));
            }
        }

        private void tell(int choice, Piece piece) {
            if (!piece.text().isEmpty() || piece.logprobs().isPresent()) reader.onPiece(choice, piece.text(), piece.logprobs());
        }
    }

    private record Piece(String text, Optional<ObjectNode> logprobs) {}

    /** One completion while it grows. */
    private static final class GrowingChoice {

        private final ServedModel model;
        private final CompletionRequest asked;
        private final Prompt prompt;
        private final StringBuilder text = new StringBuilder();
        private final ObjectNode all = LogprobsJson.completion();
        private final StreamDecoder decoder;
        private int offset; // of the next token's text
        private boolean echoed;

        GrowingChoice(ServedModel model, CompletionRequest asked, Prompt prompt) {
            this.model = model;
            this.asked = asked;
            this.prompt = prompt;
            decoder = model.tokenizer().streamDecoder(true);
        }

        Piece take(List<TokenLogprob> ofPrompt, List<TokenLogprob> logprobs, String more) {
            var isFirst = asked.echo() && !echoed;
            var piece = isFirst ? prompt.text() + more : more;
            echoed = true;
            text.append(piece);
            if (!tellsLogprobs()) return new Piece(piece, Optional.empty());
            var fresh = LogprobsJson.completion();
            if (isFirst) {
                if (asked.echoesLogprobs()) addPrompt(fresh, ofPrompt);
                offset = prompt.text().length();
            }
            for (var token : logprobs) {
                LogprobsJson.add(fresh, model.tokenizer(), token, offset);
                offset += decoder.push(token.id()).length();
            }
            fresh.properties().forEach(p -> ((ArrayNode) all.path(p.getKey())).addAll((ArrayNode) p.getValue()));
            return new Piece(piece, fresh.path("tokens").isEmpty() ? Optional.empty() : Optional.of(fresh));
        }

        private void addPrompt(ObjectNode to, List<TokenLogprob> logprobs) {
            var ids = prompt.ids();
            var decoder = model.tokenizer().streamDecoder(false);
            var at = 0;
            for (int i = 0; i < ids.length; i++) {
                if (i == 0) LogprobsJson.addFirst(to, model.tokenizer(), ids[0]);
                else LogprobsJson.add(to, model.tokenizer(), logprobs.get(i - 1), at);
                if (i >= prompt.added()) at += decoder.push(ids[i]).length();
            }
        }

        Choice choice(String finishReason) {
            return new Choice(text.toString(), tellsLogprobs() ? Optional.of(all) : Optional.empty(), finishReason);
        }

        private boolean tellsLogprobs() {
            return asked.settings().logprobs() >= 0;
        }
    }
}
