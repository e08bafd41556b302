package dev.parley.cli.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenizer render}: conversations as the text that a model reads. */
@Command(name = "render", description = "Render conversations by a chat template.",
        footer = {"", "Example:", "  ./parley tokenizer render --chat-template my-model --jsonl conversations.jsonl"})
final class RenderCommand implements Callable<Integer> {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Output output;

    @Option(names = "--chat-template", required = true, paramLabel = "FILE|DIR", description = "A template in Jinja, or a model folder that has one.")
    private Path chatTemplate;

    @Option(names = "--jsonl", required = true, paramLabel = "FILE",
            description = "Lines {\"messages\":[...],\"tools\":...,\"add_generation_prompt\":...,\"bos_token\":...,\"eos_token\":...}, - for standard input;"
                    + " writes {\"text\":...} for each, or {\"error\":...} where the template refuses.")
    private Path jsonl;

    RenderCommand(Output output) {
        this.output = output;
    }

    private record Text(String text) {}

    private record Refusal(String error) {}

    @Override
    public Integer call() throws IOException {
        var template = template();
        JsonLines.read(jsonl, line -> {
            try {
                output.json(new Text(template.render(values(line))));
            } catch (TokenizerException e) {
                output.json(new Refusal(e.getMessage()));
            }
        });
        return Parley.DONE;
    }

    @SuppressWarnings("unchecked") // a JSON object is a map of texts to values
    private static Map<String, Object> values(JsonLines.Line line) {
        if (!line.object().path("messages").isArray()) throw new IllegalArgumentException(line.place() + ": an array \"messages\" is needed.");
        return MAPPER.convertValue(line.object(), Map.class);
    }

    private ChatTemplate template() throws IOException {
        if (Files.isDirectory(chatTemplate)) {
            return Tokenizer.load(chatTemplate).chatTemplate()
                    .orElseThrow(() -> new IllegalArgumentException(chatTemplate + " has no chat template."));
        }
        if (!Files.exists(chatTemplate)) throw new IllegalArgumentException(chatTemplate + " does not exist.");
        if (Files.size(chatTemplate) > 1 << 20) throw new IllegalArgumentException(chatTemplate + " is larger than a template can be (1 MiB).");
        return ChatTemplate.parse(Files.readString(chatTemplate), chatTemplate.toString());
    }
}
