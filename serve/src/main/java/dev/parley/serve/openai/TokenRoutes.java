package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.Routes;
import dev.parley.serve.answer.Refused;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.tools.ToolTemplate;
import dev.parley.tokenizer.TokenizerException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;

/** {@code /tokenize} and {@code /detokenize}, by the names of llama.cpp's server and of vLLM's. */
public final class TokenRoutes implements Routes {

    private final ModelPool models;

    public TokenRoutes(ModelPool models) {
        this.models = models;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/tokenize", this::tokenize);
        routes.post("/detokenize", this::detokenize);
    }

    private void tokenize(Context request) {
        var fields = Fields.of(Body.read(request));
        try (var lease = models.lease(fields.string("model"))) {
            var model = lease.model();
            var ids = fields.any("messages").isPresent() ? ofMessages(fields, model) : ofText(fields, model);
            var answer = JsonNodeFactory.instance.objectNode();
            var tokens = answer.putArray("tokens");
            for (var id : ids) tokens.add(id);
            answer.put("count", ids.length).put("max_model_len", model.contextLength());
            if (fields.flag("return_token_strs")) {
                var texts = answer.putArray("token_strs");
                for (var id : ids) texts.add(model.tokenizer().token(id));
            }
            Body.warnOfUnknown(request, fields);
            Body.write(request, answer);
        }
    }

    private static int[] ofText(Fields fields, ServedModel model) {
        var content = fields.string("content");
        var text = content.or(() -> fields.string("prompt")).or(() -> fields.string("text")).orElseThrow(() -> fields.missing("content"));
        var name = fields.any("add_special_tokens").isPresent() ? "add_special_tokens" : "add_special";
        var special = fields.any(name).isPresent() ? fields.flag(name) : content.isEmpty(); // llama.cpp adds none unless asked, vLLM does
        fields.ignore("add_special_tokens", "add_special", "prompt", "text");
        return special ? model.tokenizer().encodeForModel(text) : model.tokenizer().encodeWithSpecialTokens(text);
    }

    private static int[] ofMessages(Fields fields, ServedModel model) {
        var template = ToolTemplate.of(model.requireChatTemplate());
        var conversation = template.conversation(ChatMessages.read(fields), ToolFields.read(fields).tools(), Map.of())
                .withGenerationPrompt(fields.any("add_generation_prompt").isEmpty() || fields.flag("add_generation_prompt"));
        fields.ignore("add_special_tokens", "add_special"); // the template says which there are
        try {
            return model.requireChatTemplate().encode(model.tokenizer(), conversation).ids();
        } catch (TokenizerException e) {
            throw Refused.badRequest("messages", e.getMessage());
        }
    }

    private void detokenize(Context request) {
        var fields = Fields.of(Body.read(request));
        var list = fields.list("tokens", Integer.MAX_VALUE).orElseThrow(() -> fields.missing("tokens"));
        try (var lease = models.lease(fields.string("model"))) {
            var tokenizer = lease.model().tokenizer();
            var text = tokenizer.decode(TokenIds.read("tokens", list, tokenizer));
            Body.warnOfUnknown(request, fields);
            Body.write(request, JsonNodeFactory.instance.objectNode().put("content", text).put("prompt", text));
        } catch (TokenizerException e) {
            throw Refused.badRequest("tokens", e.getMessage());
        }
    }
}
