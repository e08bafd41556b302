package dev.parley.assist.tools.server;

import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.tokenizer.Message;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** {@code ask_model}. */
final class ModelTool {

    private static final int USUAL_TOKENS = 512;
    private static final int MOST_TOKENS = 32_768;
    private static final Set<String> ROLES = Set.of("system", "user", "assistant");

    private final Supplier<AskedModel> model;

    /**
     * @param model may still be loading; calls wait for it
     */
    ModelTool(Supplier<AskedModel> model) {
        this.model = model;
    }

    /**
     * @param name of the model, for whoever chooses among tools
     */
    static McpSchema.Tool tool(String name) {
        var message = Map.of("type", "object", "properties", Map.of("role", Map.of("type", "string", "enum", List.of("system", "user",
                "assistant")), "content", Map.of("type", "string")), "required", List.of("role", "content"));
        return McpSchema.Tool.builder("ask_model", Arguments.schema(Map.of(
                "prompt", Map.of("type", "string", "minLength", 1, "description", "A question without history; give this or messages."),
                "messages",
                Map.of("type", "array", "minItems", 1, "items", message, "description", "A conversation that ends with the user."),
                "max_tokens", Map.of("type", "integer", "minimum", 1, "maximum", MOST_TOKENS, "description", "The longest answer; "
                        + USUAL_TOKENS + " tokens if it is left out."))))
                .title("Ask a local model").description("Asks the language model " + name + ", which runs on the user's own machine.")
                .annotations(Arguments.readOnly()).build();
    }

    /**
     * @param progress takes how many tokens there are
     * @param call may be called off while the model answers
     */
    String ask(Map<String, Object> given, RunningCalls.Call call, IntConsumer progress) {
        var arguments = new Arguments(given);
        var tokens = arguments.number("max_tokens", USUAL_TOKENS, 1, MOST_TOKENS);
        var messages = messages(arguments);
        var asked = model.get();
        var config = asked.config().withMaxNewTokens(tokens);
        var answer = new CompletableFuture<InferenceEngine.Answer>();
        var ticket = asked.engine().submit(TextRequest.of(asked.prompt(messages, tokens), config), new InferenceEngine.Listener() {
            private int count;

            @Override
            public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
                count += ids.length;
                progress.accept(count);
            }

            @Override
            public void onEnd(InferenceEngine.Answer ended) {
                answer.complete(ended);
            }

            @Override
            public void onFailure(RuntimeException failure) {
                answer.completeExceptionally(failure);
            }
        });
        call.onCancel(ticket::cancel);
        try {
            return answer.join().completions().getFirst().text().strip();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static List<Message> messages(Arguments arguments) {
        if (arguments.given().containsKey("prompt") == arguments.given().containsKey("messages"))
            throw new IllegalArgumentException("Give either \"prompt\" or \"messages\".");
        if (arguments.given().containsKey("prompt")) return List.of(Message.user(arguments.text("prompt")));
        var messages = new ArrayList<Message>();
        if (arguments.given().get("messages") instanceof List<?> list) {
            for (var item : list) messages.add(message(item));
        }
        if (messages.isEmpty() || !messages.getLast().role().equals("user"))
            throw new IllegalArgumentException("\"messages\" must be a list that ends with a message of the user.");
        return messages;
    }

    private static Message message(Object item) {
        if (item instanceof Map<?, ?> map && map.get("role") instanceof String role && ROLES.contains(role)
                && map.get("content") instanceof String content)
            return new Message(role, content);
        throw new IllegalArgumentException("Each of \"messages\" needs a \"role\" (system, user, assistant) and a \"content\" of text.");
    }
}
