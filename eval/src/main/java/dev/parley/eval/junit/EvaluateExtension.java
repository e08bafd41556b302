package dev.parley.eval.junit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.parley.eval.harness.Evaluation;
import dev.parley.eval.harness.EvaluationResult;
import dev.parley.eval.harness.Figure;
import dev.parley.eval.harness.ModelResponder;
import dev.parley.eval.harness.PromptSettings;
import dev.parley.eval.harness.TaskIndex;
import dev.parley.eval.metrics.StandardErrors;
import dev.parley.hub.Hub;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Runs the task of an {@link Evaluate} before its method. Models stay loaded until all tests have run. */
final class EvaluateExtension implements BeforeEachCallback, ParameterResolver {

    private static final Namespace MODELS = Namespace.create(EvaluateExtension.class);

    private record Loaded(CausalLM model, Tokenizer tokenizer) implements AutoCloseable {

        @Override
        public void close() {
            model.close();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        var asked = context.getRequiredTestMethod().getAnnotation(Evaluate.class);
        if (asked.atLeast() == Double.NEGATIVE_INFINITY && asked.atMost() == Double.POSITIVE_INFINITY)
            throw new IllegalArgumentException(
                    "@Evaluate(task = \"" + asked.task() + "\") passes whatever the figure is; give atLeast or atMost.");
        var result = run(asked, context);
        context.getStore(MODELS).put(EvaluationResult.class, result);
        check(asked, figure(asked, result));
    }

    private static EvaluationResult run(Evaluate asked, ExtensionContext context) {
        var name = asked.model().isEmpty() ? System.getProperty("parley.eval.model", "") : asked.model();
        if (name.isEmpty()) throw new IllegalArgumentException("@Evaluate names no model; give model, or -Dparley.eval.model=FOLDER.");
        var loaded = context.getRoot().getStore(MODELS).computeIfAbsent(name, EvaluateExtension::load, Loaded.class);
        var folders = new ArrayList<>(Stream.of(asked.includePath()).map(Path::of).toList());
        if (folders.isEmpty()) Optional.ofNullable(System.getProperty("parley.eval.tasks")).map(Path::of).ifPresent(folders::add);
        if (asked.task().endsWith(".yaml")) folders.addFirst(Path.of(asked.task()).toAbsolutePath().getParent());
        var template = asked.applyChatTemplate() ? Optional.of(loaded.tokenizer.chatTemplate().orElseThrow(
                () -> new IllegalArgumentException(name + " has no chat template."))) : Optional.<ChatTemplate>empty();
        var prompts = new PromptSettings(asked.numFewshot() < 0 ? OptionalInt.empty() : OptionalInt.of(asked.numFewshot()),
                PromptSettings.SEED,
                template, loaded.tokenizer.specialTokens(), true, Optional.empty());
        var options = new Evaluation.Options(prompts, asked.limit(), StandardErrors.BOOTSTRAP_ITERATIONS, MissingNode.getInstance(),
                Map.of(),
                Optional.empty());
        var evaluation = Evaluation.of(TaskIndex.of(folders).select(List.of(asked.task())), options);
        try (var responder = new ModelResponder(loaded.model, loaded.tokenizer, JsonNodeFactory.instance.objectNode().put("model", name)
                .put("dtype", CpuFeatures.computeType().name().toLowerCase(Locale.ROOT)))) {
            return evaluation.run(responder, (done, all) -> {});
        }
    }

    private static Loaded load(Object name) {
        var folder = Hub.resolve(name.toString());
        return new Loaded(CausalLM.fromPretrained(folder), Tokenizer.load(folder));
    }

    private static Figure figure(Evaluate asked, EvaluationResult result) {
        var figures = result.groups().isEmpty() ? result.tasks().getFirst().figures() : result.groups().getLast().figures();
        return figures.stream().filter(f -> asked.metric().isEmpty() || asked.metric().equals(f.metric()) || asked.metric().equals(f.key()))
                .findFirst().orElseThrow(() -> new IllegalArgumentException("The task " + asked.task() + " has no figure " + asked.metric()
                        + "; it has " + String.join(", ", figures.stream().map(Figure::key).toList()) + "."));
    }

    private static void check(Evaluate asked, Figure figure) {
        var margin = asked.standardErrors() == 0 ? 0 : asked.standardErrors() * figure.error().orElse(0);
        var error = figure.error().stream().mapToObj(e -> String.format(Locale.ROOT, " ± %.4f", e)).findFirst().orElse("");
        var said = String.format(Locale.ROOT, "%s of %s is %.4f%s (n = %d)", figure.key(), asked.task(), figure.value(), error, figure.n());
        var beyond = asked.standardErrors() == 0 ? "" : ", beyond " + asked.standardErrors() + " standard errors";
        if (!(figure.value() - margin >= asked.atLeast()))
            throw new AssertionError(said + "; asked is at least " + asked.atLeast() + beyond + ".");
        if (!(figure.value() + margin <= asked.atMost()))
            throw new AssertionError(said + "; asked is at most " + asked.atMost() + beyond + ".");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == EvaluationResult.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(MODELS).get(EvaluationResult.class);
    }
}
