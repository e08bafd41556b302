package dev.parley.cli.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenizer render}: conversations as the text that a model reads. */
@Command(name = "render", description = "Render conversations with a chat template.",
        footer = {"", "Example:", "  ./parley tokenizer render --chat-template my-model --jsonl conversations.jsonl"})
final class RenderCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--chat-template", required = true, paramLabel = "FILE|DIR",
            description = "A template in Jinja, or a model folder that has one.")
    private Path chatTemplate;

    @Option(names = "--jsonl", required = true, paramLabel = "FILE",
            description = "Lines {\"messages\":[...],\"tools\":...,\"add_generation_prompt\":...,\"bos_token\":...,\"eos_token\":...}, - "
                    + "for standard input;"
                    + " other keys, such as \"enable_thinking\", are passed to the template. Writes {\"text\":...} for each, or"
                    + " {\"error\":...} where the template refuses.")
    private Path jsonl;

    @Option(names = "--now", paramLabel = "TIME",
            description = "The time that templates see as now, such as 2024-07-26T12:00. Default: the current time.")
    private LocalDateTime now;

    RenderCommand(Output output) {
        this.output = output;
    }

    private record Text(String text) {}

    private record Refusal(String error) {}

    @Override
    public Integer call() throws IOException {
        var template = ChatTemplate.load(chatTemplate);
        JsonLines.read(jsonl, line -> {
            var conversation = conversation(line);
            try {
                output.json(new Text(template.text(conversation)));
            } catch (TokenizerException e) {
                output.json(new Refusal(e.getMessage()));
            }
        });
        return Parley.DONE;
    }

    private ChatTemplateInput conversation(JsonLines.Line line) {
        if (!line.object().path("messages").isArray())
            throw new IllegalArgumentException(line.place() + ": an array \"messages\" is required.");
        var variables = new HashMap<String, JsonNode>();
        var tokens = new HashMap<String, String>();
        for (var property : line.object().properties()) {
            if (property.getKey().endsWith("_token") && property.getValue().isTextual())
                tokens.put(property.getKey(), property.getValue().textValue());
            else variables.put(property.getKey(), property.getValue());
        }
        var tools = Optional.ofNullable(variables.remove("tools")).filter(t -> !t.isNull());
        var prompt = Optional.ofNullable(variables.remove("add_generation_prompt")).map(JsonNode::asBoolean).orElse(false);
        var clock = Optional.ofNullable(now);
        return new ChatTemplateInput(variables.remove("messages"), tools, prompt, variables, tokens,
                () -> clock.orElseGet(LocalDateTime::now));
    }
}
