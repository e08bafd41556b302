package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.Generator;
import dev.parley.generate.Script;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TerminalChatTest {

    private static final String QUESTION = "Tell me at length and in many words what the river said to the old mill on the day when the "
            + "children "
            + "threw small stones into it. What did it say? And what did the mill answer, which had stood there for a hundred years? ";
    private static final Tokenizer TOKENIZER = BpeTrainer.of(340).withSpecialTokens(ChatTemplate.START, ChatTemplate.END)
            .train(List.of(QUESTION).iterator());
    private static final ChatTemplate TEMPLATE = ChatTemplate.chatMl();
    private static final GenerationConfig GREEDY = GenerationConfig.DEFAULT.withMaxNewTokens(80);

    @TempDir
    private static Path folder;
    private static CausalLM model;

    @BeforeAll
    static void makeModel() throws IOException {
        try (var random = TrainableLM.create(ModelConfig.gpt2(TOKENIZER.vocabSize(), 512, 64, 2, 2), 7)) {
            random.savePretrained(folder);
        }
        model = CausalLM.fromPretrained(folder, WeightType.INT8, DType.FLOAT32, Backend.JAVA);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static TerminalChat chat(GenerationConfig config) {
        return new TerminalChat(model, Optional.empty(), TOKENIZER, TEMPLATE, Optional.empty(), config);
    }

    @Test
    void theSecondTurnReadsOnlyWhatIsNew() {
        try (var chat = chat(GREEDY)) {
            chat.begin("Be brief.");
            var first = chat.ask(QUESTION);
            var answered = chat.answer(first, piece -> {});
            var read = chat.engine().stats().promptTokens() - chat.engine().stats().cachedTokens();
            assertEquals(first.ids().length, read);
            var second = chat.ask("And then?");
            chat.answer(second, piece -> {});
            var readAgain = chat.engine().stats().promptTokens() - chat.engine().stats().cachedTokens() - read;
            var known = (first.ids().length + answered.completions().getFirst().ids().length) / 64 * 64;
            assertTrue(readAgain < second.ids().length - first.ids().length + 64,
                    readAgain + " of " + second.ids().length + " tokens were read, and " + known + " were known");
        }
    }

    @Test
    void itsAnswersAreThoseOfAConversationReadAtOnce() {
        try (var chat = chat(GREEDY)) {
            chat.begin("");
            var messages = new ArrayList<Message>();
            for (var question : List.of(QUESTION, "And then?", "Why?")) {
                messages.add(Message.user(question));
                var pieces = new StringBuffer();
                var answer = chat.answer(chat.ask(question), pieces::append).completions().getFirst();
                var ids = TEMPLATE.encode(TOKENIZER, messages, true).ids();
                assertArrayEquals(new Generator(model, TOKENIZER).generate(List.of(ids), GREEDY).getFirst().ids(), answer.ids());
                assertEquals(answer.text(), pieces.toString());
                messages.add(Message.assistant(answer.text()));
            }
        }
    }

    @Test
    void thoughtsAreToldAsSuchAndLeftOutOfTheNextTurn() {
        var source = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\\n' }}{% endfor %}{# </think> #}"
                + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";
        var template = ChatTemplate.parse(source, "test");
        var end = TOKENIZER.eosTokenId().orElseThrow();
        var script = Script.answer(template.encode(TOKENIZER, List.of(Message.user("What?")), true).ids(), TOKENIZER,
                "<think>\nThe mill.\n</think>\n\nIt said no.", end);
        var thinks = GREEDY.toBuilder().sequenceBias(script).eosTokenIds(List.of(end)).build();
        try (var chat = new TerminalChat(model, Optional.empty(), TOKENIZER, template, Optional.empty(), thinks)) {
            chat.begin("");
            StringBuffer thoughts = new StringBuffer(), text = new StringBuffer();
            chat.answer(chat.ask("What?"), thoughts::append, text::append);
            assertEquals("The mill.", thoughts.toString());
            assertEquals("It said no.", text.toString());
            var next = TOKENIZER.decode(chat.ask("And then?").ids(), true);
            assertTrue(next.contains("It said no.") && !next.contains("The mill."), next);
        }
    }

    @Test
    void theOldestTurnsAreForgottenAndAQuestionThatIsTooLongIsNotKept() {
        try (var chat = chat(GREEDY.withMaxNewTokens(20))) {
            chat.begin("Be brief.");
            var forgotten = 0;
            for (int turn = 0; turn < 6; turn++) {
                var asked = chat.ask(QUESTION);
                assertTrue(asked.hasRoom() && asked.ids().length < 512);
                forgotten += asked.forgottenTurns();
                chat.answer(asked, piece -> {});
            }
            assertTrue(forgotten >= 2, "turns were left out: " + forgotten);
            assertFalse(chat.ask(QUESTION.repeat(10)).hasRoom());
            assertTrue(chat.ask("Why?").hasRoom());
        }
    }

    @Test
    void stoppingEndsTheAnswerWhereItIs() {
        try (var chat = chat(GREEDY.withMaxNewTokens(400))) {
            chat.begin("");
            var answer = chat.answer(chat.ask("Why?"), piece -> chat.stop()).completions().getFirst();
            assertEquals(FinishReason.CANCELLED, answer.finishReason());
            assertTrue(answer.ids().length < 400);
        }
    }
}
