package dev.parley.serve.openai.texts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.serve.answering.ModelField;
import dev.parley.serve.answering.TokenIds;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.ToolFields;
import dev.parley.serve.openai.chat.ChatMessages;
import dev.parley.serve.work.ClientWork;
import dev.parley.tokenizer.TokenizerException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Map;

/** {@code /tokenize} and {@code /detokenize}, by the names of llama.cpp's server and of vLLM's. */
public final class TokenRoutes implements Routes {

    private final ModelPool models;

    /** Routes by the tokenizers of these models. */
    public TokenRoutes(ModelPool models) {
        this.models = models;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/tokenize", this::tokenize);
        routes.post("/detokenize", this::detokenize);
    }

    private void tokenize(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var named = named(fields);
        var strings = fields.flag("return_token_strs");
        try (var lease = models.lease(ModelField.read(fields))) {
            var model = lease.model();
            var ids = ClientWork.run(request, () -> named.equals("messages") ? ofMessages(fields, model) : ofText(fields, named, model));
            var answer = JsonNodeFactory.instance.objectNode();
            var tokens = answer.putArray("tokens");
            for (var id : ids) tokens.add(id);
            answer.put("count", ids.length).put("max_model_len", model.contextLength());
            if (strings) {
                var texts = answer.putArray("token_strs");
                for (var id : ids) texts.add(model.tokenizer().token(id));
            }
            JsonBody.warnOfUnknown(request, fields);
            JsonBody.write(request, answer);
        }
    }

    /** The one field that says what is to become tokens. */
    private static String named(JsonFields fields) {
        var given = new ArrayList<String>();
        if (fields.any("messages").isPresent()) given.add("messages");
        fields.string("content").ifPresent(text -> given.add("content"));
        fields.string("prompt").ifPresent(text -> given.add("prompt"));
        fields.string("text").ifPresent(text -> given.add("text"));
        if (given.isEmpty()) throw fields.missing("content");
        if (given.size() > 1) throw ApiError.badRequest(given.getLast(),
                "Only one of messages, content, prompt and text may be given; there are " + String.join(" and ", given) + ".");
        return given.getFirst();
    }

    private static boolean flag(JsonFields fields, String name, boolean otherwise) {
        return fields.any(name).isEmpty() ? otherwise : fields.flag(name);
    }

    /** llama.cpp's server, which names the text content, adds no special tokens unless asked; others do. */
    private static int[] ofText(JsonFields fields, String named, ServedModel model) {
        var text = fields.requireString(named);
        var special = flag(fields, "add_special_tokens", flag(fields, "add_special", !named.equals("content")));
        return special ? model.tokenizer().encodeForModel(text) : model.tokenizer().encodeWithSpecialTokens(text);
    }

    private static int[] ofMessages(JsonFields fields, ServedModel model) {
        var template = ToolTemplate.of(model.requireChatTemplate());
        var conversation = template.conversation(ChatMessages.read(fields), ToolFields.read(fields).tools(), Map.of())
                .withGenerationPrompt(flag(fields, "add_generation_prompt", true));
        fields.ignore("add_special_tokens", "add_special"); // the template says which there are
        try {
            return model.requireChatTemplate().ids(model.tokenizer(), conversation);
        } catch (TokenizerException e) {
            throw ApiError.badRequest("messages", e.getMessage());
        }
    }

    private void detokenize(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var list = fields.list("tokens", Integer.MAX_VALUE).orElseThrow(() -> fields.missing("tokens"));
        try (var lease = models.lease(ModelField.read(fields))) {
            var tokenizer = lease.model().tokenizer();
            var text = ClientWork.run(request, () -> tokenizer.decode(TokenIds.read("tokens", list, tokenizer)));
            JsonBody.warnOfUnknown(request, fields);
            JsonBody.write(request, JsonNodeFactory.instance.objectNode().put("content", text).put("prompt", text));
        } catch (TokenizerException e) {
            throw ApiError.badRequest("tokens", e.getMessage());
        }
    }
}
