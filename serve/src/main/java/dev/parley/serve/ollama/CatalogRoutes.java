package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.config.GenerationSettings;
import dev.parley.generate.thinking.ThinkingFormat;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool.Info;
import dev.parley.serve.models.ModelPool.State;
import dev.parley.serve.models.ServedModel;
import dev.parley.tokenizer.ChatTemplate;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;

/** {@code /api/tags}, {@code /api/ps} and {@code /api/show}: the models that are served, those in memory, and one of them in detail. */
final class CatalogRoutes implements Routes {

    private static final Duration FOR_GOOD = Duration.ofDays(36_500);

    private final NamedModels named;
    private final Map<String, ModelFacts> facts = new ConcurrentHashMap<>(); // by the models' names, which stay

    CatalogRoutes(NamedModels named) {
        this.named = named;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/tags", this::tags);
        routes.get("/api/ps", this::running);
        routes.post("/api/show", this::show);
    }

    private ModelFacts facts(Info info) {
        return facts.computeIfAbsent(info.source().id(), id -> ModelFacts.of(info.source()));
    }

    private void tags(Context request) {
        var list = JsonNodeFactory.instance.objectNode();
        var models = list.putArray("models");
        for (var info : named.models().all()) models.add(listed(info.source().id(), "", info));
        for (var assistant : named.assistants().all())
            models.add(listed(assistant.name(), assistant.model(), named.models().info(assistant.model())));
        JsonBody.write(request, list);
    }

    private ObjectNode listed(String name, String parent, Info info) {
        var json = called(name, info).put("modified_at", facts(info).modified().toString()).put("size", info.source().bytes());
        json.set("details", details(info, parent));
        json.set("capabilities", capabilities(info));
        return json;
    }

    private ObjectNode called(String name, Info info) {
        var tagged = NamedModels.tagged(name);
        return JsonNodeFactory.instance.objectNode().put("name", tagged).put("model", tagged).put("digest", digest(info));
    }

    /** Another for each model, and for one whose files have changed. */
    private String digest(Info info) {
        try {
            var text = info.source().id() + "\n" + info.source().bytes() + "\n" + facts(info).modified();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode details(Info info, String parent) {
        var known = facts(info);
        var details = JsonNodeFactory.instance.objectNode().put("parent_model", parent).put("format", known.format()).put("family",
                known.family());
        details.putArray("families").add(known.family());
        return details.put("parameter_size", known.parameterSize()).put("quantization_level", known.quantization());
    }

    private ArrayNode capabilities(Info info) {
        var list = JsonNodeFactory.instance.arrayNode().add("completion").add("embedding");
        var template = template(info);
        if (template.isPresent()) list.add("tools"); // where the template does not show them, messages do
        if (template.filter(ThinkingFormat::isKnownTo).isPresent()) list.add("thinking");
        return list;
    }

    private Optional<ChatTemplate> template(Info info) {
        return info.model().map(model -> model.tokenizer().chatTemplate()).orElseGet(() -> facts(info).template());
    }

    private void running(Context request) {
        var list = JsonNodeFactory.instance.objectNode();
        var models = list.putArray("models");
        for (var info : named.models().all()) {
            if (info.state() == State.READY) info.model().ifPresent(model -> models.add(running(info, model)));
        }
        JsonBody.write(request, list);
    }

    private ObjectNode running(Info info, ServedModel model) {
        var json = called(info.source().id(), info).put("size", model.weightBytes() + named.models().limits().cacheBytes());
        json.set("details", details(info, ""));
        return json.put("expires_at", info.leavesAt().orElseGet(() -> Instant.now().plus(FOR_GOOD)).toString()).put("size_vram", 0)
                .put("context_length", model.contextLength());
    }

    private void show(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var name = NamedModels.read(fields);
        fields.flag("verbose");
        fields.ignore("system", "template", "options");
        var assistant = named.assistant(name);
        var info = named.models().info(assistant.map(served -> served.model()).orElseGet(() -> named.id(name)));
        var known = facts(info);
        var template = template(info).map(ChatTemplate::source).orElse("");
        var json = JsonNodeFactory.instance.objectNode().put("modelfile", "FROM " + NamedModels.tagged(info.source().id()) + "\n")
                .put("parameters", parameters(known)).put("template", template);
        json.set("details", details(info, assistant.map(served -> served.model()).orElse("")));
        json.set("model_info", known.info());
        json.set("capabilities", capabilities(info));
        JsonBody.warnOfUnknown(request, fields);
        JsonBody.write(request, json.put("modified_at", known.modified().toString()));
    }

    /** What the model's files recommend, a line each. */
    private static String parameters(ModelFacts known) {
        var lines = new StringJoiner("\n");
        for (var setting : Options.SAME_NAME) {
            var value = known.defaults().get(setting);
            if (!value.equals(setting.byDefault())) lines.add(String.format(Locale.ROOT, "%-30s %s", setting.name(), value));
        }
        if (known.defaults().repetitionPenalty() != GenerationSettings.REPETITION_PENALTY.byDefault())
            lines.add(String.format(Locale.ROOT, "%-30s %s", "repeat_penalty", known.defaults().repetitionPenalty()));
        return lines.toString();
    }
}
