package dev.parley.train.rollout;

import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.PreferenceRows;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerForm.Calls;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Ticket;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.tools.Tool;
import dev.parley.grammar.Constraints;
import dev.parley.model.LanguageModel;
import dev.parley.tokenizer.AddedToken;
import dev.parley.tokenizer.Message;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Lets a model try answers. Where an answer calls a tool, the tool is called, what it returns is appended as the chat template writes it, and
 * the model goes on; no token of that is a target.
 *
 * <pre>{@code
 * var rollouts = new Rollouts(chats, RolloutSettings.DEFAULT, List.of(new Calculator()));
 * for (var rollout : rollouts.sample(model, questions, 42)) System.out.println(rollout.text());
 * }</pre>
 *
 * The same model, questions and seed give the same answers.
 */
public final class Rollouts {

    private final ChatRows chats;
    private final RolloutSettings settings;
    private final List<CallableTool> tools;
    private final Constraints constraints;
    private final List<Integer> ends;

    /**
     * A way to try answers.
     *
     * @param chats whose tokenizer and template the questions were made by
     * @param tools that answers may call, where their question tells the model of them
     */
    public Rollouts(ChatRows chats, RolloutSettings settings, List<CallableTool> tools) {
        this.chats = chats;
        this.settings = settings;
        this.tools = List.copyOf(tools);
        constraints = new Constraints(chats.tokenizer());
        ends = ends(chats);
    }

    /** The tokenizer's end token, and the special one that the template ends an answer with. */
    private static List<Integer> ends(ChatRows chats) {
        var ends = new LinkedHashSet<Integer>();
        chats.tokenizer().eosTokenId().ifPresent(ends::add);
        var answer = Chat.of(List.of(Message.assistant("!"))).messages();
        var ids = new PreferenceRows(chats).whole(Chat.of(List.of(Message.user("?"))), answer).inputIds();
        var special = chats.tokenizer().tokensWithoutText().map(AddedToken::id).collect(Collectors.toSet());
        if (special.contains(ids[ids.length - 1])) ends.add(ids[ids.length - 1]);
        return List.copyOf(ends);
    }

    /** How answers are tried. */
    public RolloutSettings settings() {
        return settings;
    }

    /**
     * Tries answers: {@code numGenerations} to each question, those to one question one after the other.
     *
     * @param seed of all their random numbers
     */
    public List<Rollout> sample(LanguageModel model, List<Question> questions, long seed) {
        return answers(model, questions, settings.numGenerations(),
                config().withSampling(settings.temperature(), settings.topK(), settings.topP(), 0), seed);
    }

    /** The likeliest answer to each question, token by token. */
    public List<Rollout> greedy(LanguageModel model, List<Question> questions) {
        return answers(model, questions, 1, config(), 0);
    }

    private GenerationConfig config() {
        return GenerationConfig.DEFAULT.withStops(ends, List.of());
    }

    private List<Rollout> answers(LanguageModel model, List<Question> questions, int each, GenerationConfig config, long seed) {
        var drafts = new ArrayList<Draft>();
        for (var question : questions) {
            for (int i = 0; i < each; i++) drafts.add(new Draft(question));
        }
        var most = model.config().maxPositionEmbeddings();
        goOn(model, drafts, each, config, seed, most);
        while (drafts.stream().anyMatch(Draft::isOpen)) goOn(model, drafts, 1, config, seed, most);
        return drafts.stream().map(Draft::rollout).toList();
    }

    /** @param together drafts, side by side, that are still alike: their prompt is read once */
    private void goOn(LanguageModel model, List<Draft> drafts, int together, GenerationConfig config, long seed, int most) {
        record Asked(int first, AnswerForm form, Ticket ticket) {}
        var asked = new ArrayList<Asked>();
        try (var engine = InferenceEngine.onThisThread(model, Optional.of(chats.tokenizer()), Optional.of(constraints), Optional.empty(),
                () -> false)) {
            for (int i = 0; i < drafts.size(); i += together) {
                var draft = drafts.get(i);
                if (!draft.isOpen()) continue;
                var form = AnswerForm.of(chats.tokenizer(), chats.template(), draft.ids(), calls(draft.question()));
                var own = form.config(config, Optional.empty()).withSeed(seed(seed, i, draft.rounds())).toBuilder()
                        .numReturnSequences(together).maxNewTokens(settings.maxCompletionLength() - draft.length()).build();
                asked.add(new Asked(i, form, engine.submit(TextRequest.of(draft.ids(), own), (row, ids, logprobs, text) -> {})));
            }
            engine.finish();
        }
        for (var one : asked) {
            var completions = one.ticket().answer().join().completions();
            for (int i = 0; i < completions.size(); i++) take(drafts.get(one.first() + i), completions.get(i), one.form(), most);
        }
    }

    private void take(Draft draft, Completion completion, AnswerForm form, int most) {
        var called = draft.take(completion, form);
        if (called.isEmpty() || draft.rounds() >= settings.maxToolCallingIterations()) return;
        draft.call(called, tools, chats, Math.min(most, draft.question().prompt().length + settings.maxCompletionLength()));
    }

    private Optional<Calls> calls(Question question) {
        var offered = question.asked().prompt().tools().stream()
                .map(definition -> new Tool(definition.path("function").path("name").asText(), definition)).toList();
        return offered.isEmpty() || tools.isEmpty() ? Optional.empty() : Optional.of(Calls.asItLikes(offered));
    }

    /** Seeds that have nothing to do with each other, also where their numbers follow each other: the mixing of SplittableRandom. */
    public static long seed(long seed, long first, long second) {
        return mixed(mixed(mixed(seed) + first) + second);
    }

    private static long mixed(long number) {
        var z = number + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
