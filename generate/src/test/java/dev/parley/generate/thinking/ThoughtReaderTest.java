package dev.parley.generate.thinking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.parley.files.Golden;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThoughtReaderTest {

    private record Read(String thought, String answer) {}

    private static Read read(ThinkingFormat format, boolean opened, List<String> pieces) {
        StringBuilder thought = new StringBuilder(), answer = new StringBuilder();
        var reader = new ThoughtReader(format, opened, new ThoughtReader.Listener() {

            @Override
            public void onThought(String piece) {
                assertTrue(answer.isEmpty(), "thoughts come before the answer");
                assertFalse(piece.isEmpty());
                thought.append(piece);
            }

            @Override
            public void onAnswer(String piece) {
                assertFalse(piece.isEmpty());
                answer.append(piece);
            }
        });
        pieces.forEach(reader::push);
        reader.finish();
        return new Read(thought.toString(), answer.toString());
    }

    private static List<String> cut(String text, Random random) {
        var pieces = new ArrayList<String>();
        for (int at = 0; at < text.length();) {
            var to = Math.min(text.length(), at + 1 + random.nextInt(random.nextBoolean() ? 2 : 9));
            pieces.add(text.substring(at, to));
            at = to;
        }
        return pieces;
    }

    /** Texts of models, and what is thought and answer in them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            <think>\\nTwo and two.\\n\\nFour.\\n</think>\\n\\nIt is 4. | false | Two and two.\\n\\nFour. | It is 4.
            <think>\\n\\n</think>\\n\\nHello! | false | - | Hello!
            I compare a <b> and a < c.\\n</think>\\nDone. | true | I compare a <b> and a < c. | Done.
            Hello, what is <think>? It ends with </think>. | false | - | Hello, what is <think>? It ends with </think>.
            \\n <thin air | false | - | \\n <thin air
            <think>never ends </thin | false | never ends </thin | -
            <think>a</think>b <think>c</think> | false | a | b <think>c</think>
            """)
    void noTagLeaksAndNothingIsLostHoweverItIsCut(String text, boolean opened, String thought, String answer) {
        var whole = text.replace("\\n", "\n");
        var wanted = new Read(thought == null ? "" : thought.replace("\\n", "\n"), answer == null ? "" : answer.replace("\\n", "\n"));
        var random = new Random(7);
        for (int i = 0; i < 1000; i++) assertEquals(wanted, read(ThinkingFormat.THINK, opened, cut(whole, random)));
        var brackets = whole.replace("<think>", "[THINK]").replace("</think>", "[/THINK]").replace("</thin", "[/THIN").replace("<thin",
                "[THIN");
        var wantedInBrackets = new Read(wanted.thought.replace("</thin", "[/THIN"),
                wanted.answer.replace("<think>", "[THINK]").replace("</think>", "[/THINK]").replace("<thin", "[THIN"));
        for (int i = 0; i < 1000; i++) assertEquals(wantedInBrackets, read(ThinkingFormat.BRACKETS, opened, cut(brackets, random)));
    }

    @Test
    void aTemplateTellsWhetherItsModelThinksAndWhetherThoughtsAreOpen() {
        assertEquals(Optional.empty(), ThinkingFormat.of(ChatTemplate.chatMl()));
        var template = ChatTemplate.load(Golden.folder("chat_templates").resolve("qwen3.jinja"));
        var format = ThinkingFormat.of(template).orElseThrow();
        assertEquals(ThinkingFormat.THINK, format);
        var conversation = ChatTemplateInput.of(List.of(Message.user("Hi"))).withGenerationPrompt(true);
        assertFalse(format.isOpenAtEnd(template.text(conversation)));
        var without = conversation.withVariables(Map.of("enable_thinking", BooleanNode.FALSE));
        assertFalse(format.isOpenAtEnd(template.text(without)));
        assertTrue(template.text(without).contains("<think>\n\n</think>"));
        assertTrue(format.isOpenAtEnd("<|Assistant|><think>\n"));
    }
}
