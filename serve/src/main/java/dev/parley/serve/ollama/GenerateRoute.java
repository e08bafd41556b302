package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.ChatAnswer;
import dev.parley.serve.answering.ChatPrompt;
import dev.parley.serve.answering.OfferedTools;
import dev.parley.serve.answering.TokenIds;
import dev.parley.serve.assistants.AskedTurn;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.work.ClientWork;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;

/** {@code POST /api/generate}: the answer to one prompt, or the text that follows it; without a prompt, the model is loaded or unloaded. */
record GenerateRoute(NamedModels named) implements Routes {

    private static final int MOST_CONTEXT = 1_000_000;

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/api/generate", this::answer);
    }

    private void answer(Context request) {
        var began = System.nanoTime();
        var fields = JsonFields.of(JsonBody.read(request));
        var name = NamedModels.read(fields);
        var json = new Answer(name, false);
        var keep = KeepAlive.read(fields);
        var text = fields.string("prompt").orElse("");
        refuse(fields, name);
        var assistant = named.assistant(name);
        if (assistant.isPresent()) {
            answer(request, fields, json, text, assistant.get(), began);
            return;
        }
        var raw = fields.flag("raw");
        named.use(request, name, keep, text.isEmpty(), json, (model, loaded) -> {
            var prompt = ClientWork.run(request, () -> prompt(fields, text, raw, model, name));
            var answering = new Answering(request, json, Asked.stream(fields), began, loaded);
            JsonBody.warnOfUnknown(request, fields);
            answering.by(model, prompt, raw ? (last, answer) -> {} : (last, answer) -> putContext(last, prompt, answer));
        });
    }

    private static void refuse(JsonFields fields, String name) {
        Messages.refuseImages(fields);
        if (!fields.string("suffix").orElse("").isEmpty()) throw ApiError.badRequest("suffix", "\"" + name + "\" does not support insert");
        if (!fields.string("template").orElse("").isEmpty())
            throw ApiError.badRequest("template", "template is not supported: models here have the chat template of their own files; "
                    + "use raw to write the whole prompt yourself.");
        fields.flag("truncate");
        fields.flag("shift");
    }

    private void answer(Context request, JsonFields fields, Answer json, String text, Served assistant, long began) {
        RequestNotes.of(request).model(assistant.name());
        fields.ignore("raw");
        var answering = new Answering(request, json, Asked.stream(fields), began, System.nanoTime());
        JsonBody.warnOfUnknown(request, fields);
        answering.by(assistant, named.models(),
                AskedTurn.of(messages(Optional.empty(), text), "prompt", Optional.empty(), assistant.open().assistant()));
    }

    private static ArrayNode messages(Optional<String> system, String text) {
        var messages = JsonNodeFactory.instance.arrayNode();
        system.ifPresent(instruction -> messages.addObject().put("role", "system").put("content", instruction));
        messages.addObject().put("role", "user").put("content", text);
        return messages;
    }

    private static ChatPrompt prompt(JsonFields fields, String text, boolean raw, ServedModel model, String name) {
        var options = Options.read(fields, model);
        var variables = Asked.variables(fields, model, name, options.settings());
        var grammar = Asked.grammar(fields);
        var system = fields.string("system").filter(instruction -> !instruction.isEmpty());
        var before = fields.list("context", MOST_CONTEXT).map(ids -> TokenIds.read("context", ids, model.tokenizer()))
                .orElseGet(() -> new int[0]);
        if (raw && (system.isPresent() || before.length > 0))
            throw ApiError.badRequest("raw", "raw mode does not support template, system, or context");
        // A model that knows no conversations continues what it is given.
        var plain = raw || model.tokenizer().chatTemplate().isEmpty() && system.isEmpty();
        var prompt = plain
                ? ChatPrompt.ofText(model, model.tokenizer().encodeForModel(text), "prompt", grammar, options.settings())
                : ChatPrompt.of(model, messages(system, text), "prompt", OfferedTools.NONE, variables, grammar, options.settings());
        var whole = prompt.after(before, model.tokenizer().bosTokenId());
        ChatPrompt.requireRoom(model, whole.ids().length, "context");
        return options.limited(whole);
    }

    /** What a later request gives back to go on from here. */
    private static void putContext(ObjectNode last, ChatPrompt prompt, ChatAnswer answer) {
        var context = last.putArray("context");
        for (var id : prompt.ids()) context.add(id);
        for (var id : answer.choices().getFirst().ids()) context.add(id);
    }
}
