package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.answering.ChatPrompt;
import dev.parley.serve.answering.OfferedTools;
import dev.parley.serve.assistants.AskedTurn;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.work.ClientWork;
import dev.parley.tokenizer.FittedConversation;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /api/chat}: the next turn of a conversation, by a model or an assistant; without messages, the model is loaded or unloaded.
 */
record ChatRoute(NamedModels named) implements Routes {

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/api/chat", this::answer);
    }

    private void answer(Context request) {
        var began = System.nanoTime();
        var fields = JsonFields.of(JsonBody.read(request));
        var name = NamedModels.read(fields);
        var json = new Answer(name, true);
        var keep = KeepAlive.read(fields);
        var messages = Messages.read(fields);
        var assistant = named.assistant(name);
        if (assistant.isPresent()) {
            answer(request, fields, json, messages, assistant.get(), began);
            return;
        }
        named.use(request, name, keep, messages.isEmpty(), json, (model, loaded) -> {
            var prompt = ClientWork.run(request, () -> prompt(fields, messages, model, name));
            var answering = new Answering(request, json, Asked.stream(fields), began, loaded);
            JsonBody.warnOfUnknown(request, fields);
            answering.by(model, prompt, (last, answer) -> {});
        });
    }

    private void answer(Context request, JsonFields fields, Answer json, ArrayNode messages, Served assistant, long began) {
        RequestNotes.of(request).model(assistant.name());
        var answering = new Answering(request, json, Asked.stream(fields), began, System.nanoTime());
        JsonBody.warnOfUnknown(request, fields);
        answering.by(assistant, named.models(), AskedTurn.of(messages, "messages", Optional.empty(), assistant.open().assistant()));
    }

    private static ChatPrompt prompt(JsonFields fields, ArrayNode messages, ServedModel model, String name) {
        var options = Options.read(fields, model);
        var tools = Messages.tools(fields);
        var variables = Asked.variables(fields, model, name, options.settings());
        var grammar = Asked.grammar(fields);
        var truncates = fields.any("truncate").isEmpty() || fields.flag("truncate");
        fields.flag("shift"); // an answer ends where the context does
        try {
            return options.limited(ChatPrompt.of(model, messages, tools, variables, grammar, options.settings()));
        } catch (ApiError e) {
            if (!truncates || !e.code().equals(ChatPrompt.TOO_LONG)) throw e;
            var fitted = fitted(messages, model, tools, variables, options);
            return options.limited(ChatPrompt.of(model, fitted, tools, variables, grammar, options.settings()));
        }
    }

    /** Without the oldest turns, as many as need be. */
    private static ArrayNode fitted(ArrayNode messages, ServedModel model, OfferedTools tools, Map<String, JsonNode> variables,
            Options options) {
        var turns = new ArrayList<JsonNode>();
        messages.forEach(turns::add);
        var most = options.settings().build().maxNewTokens();
        var fitted = FittedConversation.of(turns, turn -> turn.path("role").asText(),
                some -> ChatPrompt.ids(model, list(some), "messages", tools, variables, false),
                options.context().orElse(model.contextLength()),
                most);
        var instruction = turns.getFirst().path("role").asText().equals("system") ? 1 : 0;
        turns.subList(instruction, instruction + fitted.forgottenTurns()).clear();
        return list(turns);
    }

    private static ArrayNode list(List<JsonNode> turns) {
        return JsonNodeFactory.instance.arrayNode().addAll(turns);
    }
}
