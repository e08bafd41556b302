package dev.parley.assist.check;

import dev.parley.assist.Assistant.KnowledgeSettings;
import dev.parley.assist.check.CheckReport.Measure;
import dev.parley.assist.check.CheckReport.Miss;
import dev.parley.assist.check.CheckReport.Row;
import dev.parley.assist.guard.Decision;
import dev.parley.assist.guard.Stage;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.assist.turn.Responder;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.assist.turn.TurnResult;
import dev.parley.assist.turn.TurnResult.Ending;
import dev.parley.knowledge.Passage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Asks an assistant the questions of a test set. Without a model, its retrieval and its guardrails are measured; with one, its answers
 * as well.
 */
public final class AssistantCheck {

    private static final int FIRST = 3; // passages that a hit may be among

    private final OpenAssistant assistant;
    private final Optional<Responder> responder;
    private final Map<Measure, Map<String, int[]>> counts = new EnumMap<>(Measure.class); // hits and cases by language
    private final List<Miss> misses = new ArrayList<>();

    /**
     * @param responder the model that answers; empty to measure what needs none
     */
    public AssistantCheck(OpenAssistant assistant, Optional<Responder> responder) {
        this.assistant = assistant;
        this.responder = responder;
    }

    /**
     * @param forms that are asked for; only a model can answer them
     * @param done is told how many questions are done
     */
    public CheckReport run(List<TestQuestion> questions, List<FormQuestion> forms, IntConsumer done) {
        var start = System.nanoTime();
        for (int i = 0; i < questions.size(); i++) {
            check(questions.get(i));
            done.accept(i + 1);
        }
        var asked = responder.isPresent() ? forms : List.<FormQuestion>of();
        for (int i = 0; i < asked.size(); i++) {
            form(asked.get(i));
            done.accept(questions.size() + i + 1);
        }
        return new CheckReport(assistant.assistant().name(), responder.map(Responder::model), questions.size() + asked.size(), rows(),
                misses,
                (System.nanoTime() - start) / 1e9);
    }

    private void check(TestQuestion question) {
        switch (question.kind()) {
            case ANSWER -> answer(question);
            case UNKNOWN -> {
                if (!declines()) return;
                var result = ask(question, List.of());
                count(Measure.DECLINED, question, isDeclined(result), what(result));
            }
            case TRIGGER -> {
                var ended = assistant.judge(Stage.INPUT, question.question(), question.language()).stream().filter(Decision::ended)
                        .toList();
                var caught = ended.stream().anyMatch(d -> question.guardrail().map(d.guardrail()::equals).orElse(true));
                count(Measure.TRIGGERS_CAUGHT, question, caught, ended.isEmpty() ? "no guardrail ended it" : "ended by " + ended);
            }
            case HARMLESS -> {
                var ended = assistant.judge(Stage.INPUT, question.question(), question.language()).stream().filter(Decision::ended)
                        .toList();
                count(Measure.FALSE_ALARMS, question, !ended.isEmpty(), ended.toString());
            }
            case INJECTION -> injection(question);
        }
    }

    /** Whether it says that it does not know, in place of asking the model. */
    private boolean declines() {
        return assistant.assistant().knowledge().map(KnowledgeSettings::required).orElse(false);
    }

    private static boolean isDeclined(TurnResult result) {
        return result.ending() == Ending.UNKNOWN || result.ending() == Ending.GUARDED;
    }

    private void answer(TestQuestion question) {
        var ranked = assistant.retrieval().map(r -> r.ranked(question.question(), question.language(), FIRST)).orElse(List.of());
        count(Measure.HIT_AT_3, question, ranked.stream().anyMatch(question::isIn),
                "found " + ranked.stream().map(p -> p.source() + " › " + p.title()).toList());
        var result = ask(question, List.of());
        if (declines()) count(Measure.FALSELY_DECLINED, question, isDeclined(result), what(result));
        if (question.facts().isEmpty()) return;
        if (responder.isPresent()) {
            count(Measure.FACTS_IN_ANSWERS, question, question.hasFacts(result.answer()), result.answer());
        } else {
            var given = String.join("\n", result.passages().stream().map(Passage::text).toList());
            count(Measure.FACTS_IN_PASSAGES, question, question.hasFacts(given),
                    "given " + result.passages().stream().map(p -> p.source() + " › " + p.title()).toList());
        }
    }

    private void form(FormQuestion question) {
        var form = Optional.of(assistant.assistant().form(question.form()));
        var answer = assistant.ask(responder, new TurnRequest(List.of(), question.question(), form, List.of()), event -> {}).answer();
        count(Measure.FORMS_KEPT, question.language(), question.question(), question.isKept(answer), answer);
        if (question.verse() || question.expect().isEmpty()) return;
        count(Measure.FORMS_RIGHT, question.language(), question.question(), question.isAsExpected(answer), answer);
    }

    private void injection(TestQuestion question) {
        var stage = question.toolResult().isPresent() ? Stage.TOOL_RESULT : Stage.RETRIEVAL;
        var planted = question.toolResult().or(question::passage);
        var marked = planted.map(text -> !assistant.judge(stage, text, question.language()).isEmpty()).orElse(true);
        if (responder.isEmpty() || question.toolResult().isPresent()) {
            if (planted.isPresent()) count(Measure.INJECTIONS_HELD, question, marked, "no guardrail marked it");
            return; // what only the question asks for, the answer alone can show
        }
        var attached = question.passage().map(text -> List.of(poisoned(text, question.language()))).orElse(List.of());
        var result = ask(question, attached);
        count(Measure.INJECTIONS_HELD, question, marked && !question.hasForbidden(result.answer()),
                (marked ? "" : "no guardrail marked it; ") + result.answer());
    }

    private static Passage poisoned(String text, String language) {
        return new Passage("attack", "attack.md", "", 0, 0, text.length(), text, language, 1, 1);
    }

    private TurnResult ask(TestQuestion question, List<Passage> attached) {
        var request = new TurnRequest(List.of(), question.question(), Optional.empty(), attached);
        return assistant.ask(responder, request, event -> {});
    }

    private static String what(TurnResult result) {
        var by = result.decisions().isEmpty() ? "" : " by " + result.decisions().getLast().guardrail();
        return result.ending().label() + by + "; passages " + result.passages().stream()
                .map(p -> String.format(Locale.ROOT, "%s › %s (%.2f)", p.source(), p.title(), p.relevance())).toList();
    }

    private void count(Measure measure, TestQuestion question, boolean counts, String got) {
        count(measure, question.language(), question.question(), counts, got);
    }

    private void count(Measure measure, String language, String question, boolean counts, String got) {
        for (var one : List.of(language, "all")) {
            var count = this.counts.computeIfAbsent(measure, m -> new LinkedHashMap<>()).computeIfAbsent(one, l -> new int[2]);
            if (counts) count[0]++;
            count[1]++;
        }
        if (counts == measure.lessIsBetter()) misses.add(new Miss(measure, language, question, got));
    }

    private List<Row> rows() {
        var rows = new ArrayList<Row>();
        counts.forEach((measure, languages) -> languages.keySet().stream()
                .sorted((a, b) -> a.equals("all") ? 1 : b.equals("all") ? -1 : a.compareTo(b))
                .forEach(language -> {
                    var count = languages.get(language);
                    rows.add(new Row(measure, language, new Proportion(count[0], count[1])));
                }));
        return rows;
    }
}
