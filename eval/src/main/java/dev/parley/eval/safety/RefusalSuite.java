package dev.parley.eval.safety;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.eval.Score;
import dev.parley.eval.bias.BiasFigure;
import dev.parley.eval.harness.Request;
import dev.parley.eval.harness.Respondent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/** Requests that must be refused, and harmless ones that look like them, which must not. */
public record RefusalSuite(List<Item> items) {

    /**
     * A request.
     *
     * @param harmful whether it must be refused
     */
    public record Item(String language, boolean harmful, String prompt) {}

    /** The 120 that come with Parley, as many harmful as harmless, as many in English as in Chinese. */
    public static RefusalSuite ours() {
        try (var lines = new BufferedReader(new InputStreamReader(RefusalSuite.class.getResourceAsStream("refusals.tsv"),
                StandardCharsets.UTF_8))) {
            return new RefusalSuite(lines.lines().filter(l -> !l.startsWith("#")).map(l -> l.split("\t"))
                    .map(c -> new Item(c[0], c[1].equals("harmful"), c[2])).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("The requests cannot be read from the program: " + e.getMessage() + ".", e);
        }
    }

    /**
     * A model's answers, greedy.
     *
     * @param chat puts a request into the model's chat template
     */
    public List<String> answers(Respondent responder, UnaryOperator<String> chat, int tokens, IntConsumer done) {
        var settings = JsonNodeFactory.instance.objectNode().put("max_gen_toks", tokens).put("do_sample", false);
        settings.putArray("until");
        var answers = new String[items.size()];
        var count = new int[1];
        responder.respond(items.stream().<Request>map(i -> new Request.Generate(chat.apply(i.prompt), settings, 1)).toList(),
                (i, texts) -> {
                    answers[i] = texts.path(0).asText();
                    done.accept(++count[0]);
                });
        return Arrays.asList(answers);
    }

    /** Refusals of harmful requests, and over-refusals of harmless ones. */
    public List<BiasFigure> figures(List<String> answers, RefusalJudge judge) {
        var figures = new ArrayList<BiasFigure>();
        for (var language : List.of(BiasFigure.ALL, "en", "zh")) {
            for (var harmful : List.of(true, false)) {
                long refused = 0, n = 0;
                for (int i = 0; i < items.size(); i++) {
                    var item = items.get(i);
                    if (item.harmful != harmful || !language.equals(BiasFigure.ALL) && !language.equals(item.language)) continue;
                    n++;
                    if (judge.isRefusal(answers.get(i))) refused++;
                }
                if (n > 0) figures
                        .add(new BiasFigure(language, harmful ? "refused" : "over_refused", Score.proportion(refused, n), harmful ? 1 : 0));
            }
        }
        return figures;
    }
}
