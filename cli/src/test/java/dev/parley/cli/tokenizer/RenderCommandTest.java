package dev.parley.cli.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.cli.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RenderCommandTest {

    private static final String TEMPLATE = "{{ bos_token }}{% if not messages %}{{ raise_exception('say something') }}{% endif %}{% for m "
            + "in messages %}{{ m.content }}"
            + "{% endfor %}{{ tools|length if tools }}{{ ' quietly' if quiet }}{{ strftime_now(' %d %b %Y') if dated }}{{ ' >' if "
            + "add_generation_prompt }}";

    @TempDir
    Path folder;

    private record Ended(int code, List<String> lines) {}

    private static Ended render(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var output = Output.to(out, new ByteArrayOutputStream());
        var code = new CommandLine(new RenderCommand(output))
                .execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        output.flush();
        return new Ended(code, out.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void eachLineIsAnsweredByItsTextOrItsError() throws IOException {
        var template = Files.writeString(folder.resolve("t.jinja"), TEMPLATE);
        var lines = Files.writeString(folder.resolve("c.jsonl"), """
                {"messages":[{"role":"user","content":"Grüße"}],"tools":null,"add_generation_prompt":true,"bos_token":"<s>","eos_token":"</s>"}
                {"messages":[],"tools":null,"add_generation_prompt":false,"bos_token":"<s>","eos_token":"</s>"}
                {"messages":[{"role":"user","content":"a"}],"tools":[{}],"quiet":true,"dated":true}
                {"messages":["a"]}
                """);
        var ended = render("--chat-template", template, "--jsonl", lines, "--now", "2024-07-26T12:00");
        assertEquals(0, ended.code());
        var json = new ObjectMapper();
        assertEquals("{\"text\":\"<s>Grüße >\"}", ended.lines().getFirst());
        assertTrue(json.readTree(ended.lines().get(1)).path("error").asText().endsWith("refuses the conversation: say something"),
                ended.lines().get(1));
        assertEquals("a1 quietly 26 Jul 2024", json.readTree(ended.lines().get(2)).path("text").asText());
        assertEquals("Message 0 is no object with a role and a content.", json.readTree(ended.lines().get(3)).path("error").asText());
    }

    @Test
    void aFolderGivesItsTemplateAndItsTokens() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"),
                new ObjectMapper().createObjectNode().put("bos_token", "<begin>").put("chat_template", TEMPLATE).toString());
        var lines = Files.writeString(folder.resolve("c.jsonl"), "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
        assertEquals(List.of("{\"text\":\"<begin>a\"}"), render("--chat-template", folder, "--jsonl", lines).lines());
    }
}
