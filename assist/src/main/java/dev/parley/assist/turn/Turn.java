package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.assist.Assistant;
import dev.parley.assist.Assistant.KnowledgeSettings;
import dev.parley.assist.AssistantException;
import dev.parley.assist.OutputForm;
import dev.parley.assist.guard.Guardrails.Outcome;
import dev.parley.assist.guard.Stage;
import dev.parley.assist.guard.TurnContext;
import dev.parley.assist.tools.Toolbox;
import dev.parley.assist.turn.Responder.Prompt;
import dev.parley.assist.turn.Responder.Reply;
import dev.parley.assist.turn.TurnResult.Ending;
import dev.parley.assist.turn.TurnResult.Usage;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationSettings;
import dev.parley.generate.tools.Tool;
import dev.parley.knowledge.Passage;
import dev.parley.knowledge.index.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One turn, from the message to the answer: guardrails of the input, passages, the model with its tools, guardrails of the output,
 * citations.
 */
final class Turn {

    private static final int SHORTEST_PASSAGE = 80; // characters, of one that is cut to fit a small context

    private final Assistant assistant;
    private final OpenAssistant open;
    private final Optional<Responder> responder;
    private final TurnRequest request;
    private final TurnEvent.Listener listener;
    private final GuardedTexts guards;
    private final Optional<OutputForm> form;
    private final String language;
    private final String system;
    private final List<Passage> passages = new ArrayList<>();
    private boolean lookedUp;
    private TurnContext context;
    private final Toolbox toolbox;
    private final ToolRounds tools;

    Turn(OpenAssistant open, Optional<Responder> responder, TurnRequest request, TurnTools tools, TurnEvent.Listener listener) {
        this.open = open;
        assistant = open.assistant();
        this.responder = responder;
        this.request = request;
        this.listener = listener;
        guards = new GuardedTexts(open.guardrails(), decision -> listener.on(new TurnEvent.Decided(decision)));
        form = request.form().or(assistant::output);
        language = assistant.answerLanguage(Language.ofText(request.message()).code());
        system = TurnPrompt.system(assistant, form, language);
        context = new TurnContext(language, system, List.of(), "");
        toolbox = open.toolbox(tools);
        this.tools = new ToolRounds(toolbox, guards, listener);
    }

    TurnResult run() {
        var input = guards.judge(Stage.INPUT, request.message(), context);
        if (input.ended()) return ended(input.text(), Ending.GUARDED, Optional.empty());
        context = new TurnContext(language, system, List.of(), input.text());
        var knowledge = assistant.knowledge().filter(k -> !SmallTalk.is(input.text()));
        if (knowledge.isPresent() || !request.attached().isEmpty()) retrieve(input.text());
        if (passages.isEmpty() && knowledge.isPresent() && knowledge.get().required()) return unknown();
        return responder.isPresent() ? answer(responder.get(), input.text()) : quote();
    }

    // ---- passages ----

    private void retrieve(String message) {
        var start = System.nanoTime();
        var found = new ArrayList<>(request.attached());
        open.retrieval().ifPresent(r -> found.addAll(r.relevant(message, request.history(), language)));
        for (var passage : found) {
            var judged = guards.judge(Stage.RETRIEVAL, passage.text(), context);
            if (!judged.ended()) passages.add(withText(passage, judged.text()));
        }
        lookedUp = true;
        context = new TurnContext(language, system, passages.stream().map(Passage::text).toList(), message);
        listener.on(new TurnEvent.Retrieved(List.copyOf(passages), (System.nanoTime() - start) / 1e6));
    }

    private static Passage withText(Passage p, String text) {
        return new Passage(p.id(), p.source(), p.title(), p.page(), p.start(), p.end(), text, p.language(), p.score(), p.relevance());
    }

    /** Without a model the best passage speaks for itself. */
    private TurnResult quote() {
        return passages.isEmpty() ? unknown() : ended(passages.getFirst().text() + " [1]", Ending.QUOTED, Optional.empty());
    }

    private TurnResult unknown() {
        var told = assistant.knowledge().map(KnowledgeSettings::unknown).filter(text -> !text.isEmpty());
        return ended(told.map(text -> text.in(language)).orElse("There is no model to answer this."), Ending.UNKNOWN, Optional.empty());
    }

    // ---- the model ----

    private TurnResult answer(Responder model, String message) {
        var offered = form.flatMap(OutputForm::grammar).isPresent() ? List.<Tool>of()
                : new GuardedTools(guards, context).of(toolbox.tools());
        var config = config(model.recommended());
        var messages = fitted(model, message, offered, config);
        var used = Usages.NONE;
        for (int round = 0;; round++) {
            var last = round == assistant.tools().maxRounds();
            var stream = stream();
            var reply = model.respond(new Prompt(messages, last ? List.of() : offered, config), this::think, stream::push);
            used = used.plus(reply);
            if (reply.calls().isEmpty() || last) return finished(stream, used.of(model, reply));
            tools.call(reply, messages, context);
        }
    }

    private GenerationConfig config(GenerationConfig recommended) {
        var builder = assistant.sampling().over(recommended).toBuilder();
        form.flatMap(OutputForm::grammar).ifPresent(builder::grammar);
        builder.set(GenerationSettings.NUM_RETURN_SEQUENCES, assistant.bestOf());
        if (assistant.bestOf() > 1) builder.logprobs(0);
        return builder.build();
    }

    /** The messages with as many passages as the model's context has room for; of the last one perhaps its beginning. */
    private ArrayNode fitted(Responder model, String message, List<Tool> offered, GenerationConfig config) {
        var knowledge = assistant.knowledge();
        while (true) {
            var messages = TurnPrompt.messages(offered.isEmpty() ? system : TurnPrompt.withDataRule(system, language), request.history(),
                    message, passages,
                    knowledge.map(KnowledgeSettings::required).orElse(false), cites(), language);
            if (model.fits(new Prompt(messages, offered, config))) return messages;
            if (passages.size() > 1) {
                passages.removeLast();
            } else if (!passages.isEmpty() && passages.getFirst().text().length() > SHORTEST_PASSAGE) {
                var only = passages.getFirst();
                passages.set(0, withText(only, only.text().substring(0, only.text().length() / 2)));
            } else {
                throw new AssistantException("The context of " + model.model() + " is too small for the instructions of " + assistant.name()
                        + " with this message" + (passages.isEmpty() ? "" : " and a passage") + "; name a larger model.");
            }
        }
    }

    private boolean cites() {
        return !passages.isEmpty() && assistant.knowledge().map(KnowledgeSettings::cite).orElse(true)
                && form.flatMap(OutputForm::grammar).isEmpty();
    }

    /** What is shown while the answer grows has passed the guardrails as far as it goes; what they decide counts at the end. */
    private AnswerStream stream() {
        var guard = open.guardrails().judges(Stage.OUTPUT)
                ? Optional.<Function<String, Outcome>>of(answer -> open.guardrails().run(Stage.OUTPUT, answer, context))
                : Optional.<Function<String, Outcome>>empty();
        return new AnswerStream(guard, cites() ? passages.size() : -1, piece -> listener.on(new TurnEvent.Text(piece)));
    }

    /** Thoughts are shown where no guardrail has to judge what is shown. */
    private void think(String piece) {
        if (!open.guardrails().judges(Stage.OUTPUT)) listener.on(new TurnEvent.Thought(piece));
    }

    private TurnResult finished(AnswerStream stream, Usage usage) {
        var judged = stream.finish(answer -> guards.judge(Stage.OUTPUT, answer, context));
        return ended(judged.text(), judged.ended() ? Ending.GUARDED : Ending.ANSWERED, Optional.of(usage));
    }

    /** The tokens of all rounds. */
    private record Usages(int prompt, int completion) {

        private static final Usages NONE = new Usages(0, 0);

        Usages plus(Reply reply) {
            return new Usages(prompt + reply.promptTokens(), completion + reply.completionTokens());
        }

        Usage of(Responder model, Reply last) {
            return new Usage(model.model(), last.finishReason().label(), prompt, completion, last.forgottenTurns());
        }
    }

    // ---- the end ----

    private TurnResult ended(String answer, Ending ending, Optional<Usage> usage) {
        var stands = lookedUp && (ending == Ending.ANSWERED || ending == Ending.QUOTED) && !passages.isEmpty();
        var citations = stands && (cites() || ending == Ending.QUOTED) ? Citations.of(answer, passages.size())
                : new Citations(answer, List.of());
        var cited = !citations.numbers().isEmpty();
        var sources = cited ? citations.numbers() : stands ? numbers(passages.size()) : List.<Integer>of();
        var result = new TurnResult(language, citations.text(), ending, passages, sources, cited, guards.decisions(), tools.uses(), usage,
                ending == Ending.GUARDED ? "" : assistant.notice().in(language)); // a fixed text says all that there is to say
        open.log().add(assistant.name(), result);
        listener.on(new TurnEvent.Answered(result));
        return result;
    }

    private static List<Integer> numbers(int count) {
        return IntStream.rangeClosed(1, count).boxed().toList();
    }
}
