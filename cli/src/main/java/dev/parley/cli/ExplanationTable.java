package dev.parley.cli;

import dev.parley.explain.Analysis;
import dev.parley.explain.Attribution;
import dev.parley.explain.Explanation;
import dev.parley.explain.NearestPassages;
import dev.parley.model.Target;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An explanation for the terminal: for each token of the answer its strongest sources, and how far to trust them. */
final class ExplanationTable {

    private static final int SOURCES = 4;
    private static final int PASSAGES = 3;
    private static final int PASSAGE_CHARS = 100;

    private final Explanation explanation;
    private final Output output;

    ExplanationTable(Explanation explanation, Output output) {
        this.explanation = explanation;
        this.output = output;
    }

    void print() {
        explanation.contrastToken().ifPresent(other -> output.line("Why the answer's token rather than " + quoted(other) + "."));
        for (int n = 0; n < explanation.tokens().size(); n++) token(n);
        if (!explanation.attributions().isEmpty()) trust();
        explanation.nearestPassages().ifPresent(this::passages);
    }

    private void token(int n) {
        var token = explanation.tokens().get(n);
        var value = token.target() instanceof Target.LogitDifference ? format("  difference of the logits %+.2f", token.value()) : "";
        output.line("");
        output.line(format("%s  p = %.3f%s", written(token.position()), Math.exp(token.logprob()), value));
        for (var attribution : explanation.attributions()) {
            output.line(format("  %-22s%s", attribution.method().label().replace('_', ' '), sources(attribution.scores().get(n))));
        }
        explanation.logitLens().ifPresent(lens -> output.line(format("  %-22s%s", "logit lens", lens.tokens().get(n).stream()
                .map(layer -> layer.best().getFirst().token()).map(ExplanationTable::quoted).collect(Collectors.joining(" → ")))));
        explanation.logitAttribution().ifPresent(logits -> {
            var shares = logits.tokens().get(n);
            var parts = IntStream.range(0, shares.attention().length)
                    .mapToObj(l -> format("%+.2f %+.2f", shares.attention()[l], shares.mlp()[l])).collect(Collectors.joining(" | "));
            output.line(format("  %-22s%.2f = embedding %+.2f, attention and MLP by layer %s, norm %+.2f", "logit", shares.logit(),
                    shares.embedding(), parts, shares.shift()));
        });
    }

    private String sources(double[] scores) {
        return IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble(t -> -Math.abs(scores[t]))).limit(SOURCES)
                .map(t -> format("%s %+.2f", written(t), scores[t])).collect(Collectors.joining("  "));
    }

    private void trust() {
        output.line("");
        for (var attribution : explanation.attributions()) {
            var said = new StringBuilder();
            attribution.faithfulness().ifPresent(check -> said.append(format(
                    "deletion check %+.2f nats against random orders (these differ by %.2f)", check.area(),
                    check.randomDeviation())));
            attribution.completeness().ifPresent(complete -> said
                    .append(format("; completeness gap %.2f %%, %d gradients a token", 100 * complete.worstGap(), complete.steps())));
            if (!said.isEmpty()) output.line(format("%-24s%s", name(attribution), said));
        }
    }

    private void passages(NearestPassages nearest) {
        output.line("");
        output.line("Nearest of " + nearest.passages() + " training passages" + (nearest.compared() < nearest.passages()
                ? " (" + nearest.compared() + " compared)" : "") + ":");
        for (var found : nearest.found().subList(0, Math.min(PASSAGES, nearest.found().size()))) {
            var text = found.text().replaceAll("\\s+", " ").strip();
            output.line(format("  %.2f  %s #%d  %s", found.similarity(), found.source(), found.document(),
                    text.length() > PASSAGE_CHARS ? text.substring(0, PASSAGE_CHARS) + "…" : text));
        }
    }

    private static String name(Attribution attribution) {
        return attribution.method() == Analysis.ATTENTION ? "attention (mean)" : attribution.method().label().replace('_', ' ');
    }

    private String written(int position) {
        return quoted(explanation.text().tokens().get(position));
    }

    private static String quoted(String token) {
        return "\"" + token.replace("\n", "\\n") + "\"";
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
