package dev.parley.serve.chat.running;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.running.ChatEngine.Question;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ServedModel;
import dev.parley.tokenizer.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A conversation as the tokens that a model reads. Where it has grown so long that no answer would find room in the context, its
 * oldest turns are left out, as many as need be; the instruction and the last turn stay.
 *
 * @param ids of the conversation, and of what its answer begins with
 * @param begun how many of them the answer begins with
 * @param forgottenTurns that were left out
 */
record FittedPrompt(int[] ids, int begun, int forgottenTurns) {

    private static final int LEAST_ROOM = 16;

    /**
     * The same conversation and settings give the same tokens, whatever the answer begins with.
     *
     * @throws ApiError if the model does not chat, or has other tokens than the answer begins with
     */
    static FittedPrompt of(Question question, ServedModel model, GenerationConfig config) {
        var begun = question.begun().stream().mapToInt(AnswerToken::id).toArray();
        if (IntStream.of(begun).anyMatch(id -> id < 0 || id >= model.tokenizer().vocabSize())) {
            throw ApiError.badRequest("model", "The answer was begun by another model than " + model.id() + " is now.");
        }
        var most = model.contextLength() - room(model.contextLength(), config);
        var places = beginnings(question.messages());
        var from = places.getFirst();
        var prompt = encoded(question.messages(), from, model); // of most conversations that is all
        if (prompt.length > most) {
            int low = Math.min(1, places.size() - 1), high = places.size() - 1; // the first place from which on it fits, or the last turn
            while (low < high) {
                var middle = (low + high) / 2;
                if (encoded(question.messages(), places.get(middle), model).length <= most) high = middle;
                else low = middle + 1;
            }
            from = places.get(low);
            prompt = encoded(question.messages(), from, model);
        }
        return new FittedPrompt(IntStream.concat(IntStream.of(prompt), IntStream.of(begun)).toArray(), begun.length, from - places.getFirst());
    }

    /** A quarter of the context at most, and no more than is asked for. */
    private static int room(int context, GenerationConfig config) {
        var wanted = config.maxNewTokens() > 0 ? config.maxNewTokens() : context;
        return Math.max(LEAST_ROOM, Math.min(context / 4, wanted));
    }

    /** Where the conversation could begin: at its first turn, or at what a user says later, since templates want a user first. */
    private static List<Integer> beginnings(List<Message> messages) {
        var first = !messages.isEmpty() && messages.getFirst().role().equals("system") ? 1 : 0;
        var places = new ArrayList<>(List.of(first));
        for (int i = first + 1; i < messages.size(); i++) {
            if (messages.get(i).role().equals("user")) places.add(i);
        }
        return places;
    }

    private static int[] encoded(List<Message> messages, int from, ServedModel model) {
        var turns = new ArrayList<>(messages.subList(from, messages.size()));
        if (from > 0 && messages.getFirst().role().equals("system")) turns.addFirst(messages.getFirst());
        return model.requireChatTemplate().encode(model.tokenizer(), turns, true).ids();
    }
}
