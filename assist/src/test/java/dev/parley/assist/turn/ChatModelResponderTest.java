package dev.parley.assist.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.assist.turn.Responder.Prompt;
import dev.parley.generate.Script;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.engine.EngineCaller;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.tools.CallingTemplates;
import dev.parley.generate.tools.Tool;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.grammar.Grammar;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny model of random weights, which says nonsense, but says it by the rules. */
class ChatModelResponderTest {

    @TempDir
    Path folder;

    private CausalLM model;
    private Tokenizer tokenizer;
    private ChatModelResponder responder;

    @BeforeEach
    void makeModel() throws IOException {
        BpeTrainer.of(290).withSpecialTokens(ChatTemplate.START, ChatTemplate.END)
                .train(List.of("the sea is blue and the hill is green").iterator()).save(folder);
        tokenizer = Tokenizer.load(folder);
        try (var random = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 256, 32, 2, 2), 7)) {
            random.savePretrained(folder);
        }
        model = CausalLM.fromPretrained(folder);
        responder = new ChatModelResponder("tiny", model, tokenizer, ChatTemplate.chatMl(), GenerationConfig.DEFAULT);
    }

    @AfterEach
    void close() {
        responder.close();
        model.close();
    }

    private static ArrayNode question(String text) {
        var messages = JsonNodeFactory.instance.arrayNode();
        messages.addObject().put("role", "user").put("content", text);
        return messages;
    }

    private static GenerationConfigBuilder settings() {
        return GenerationConfig.builder().maxNewTokens(24).temperature(1).seed(5);
    }

    @Test
    void answersAsTheEngineDoesForTheSameTokens() {
        var config = settings().build();
        var pieces = new StringBuilder();
        var reply = responder.respond(new Prompt(question("the sea"), List.of(), config), pieces::append);
        var ids = ChatTemplate.chatMl().encode(tokenizer, List.of(Message.user("the sea")), true).ids();
        try (var engine = new InferenceEngine(model, tokenizer, InferenceEngine.Limits.DEFAULT)) {
            var alone = new EngineCaller(engine).answer(TextRequest.of(ids, config), (sequence, more, text) -> {}).completions().getFirst();
            assertEquals(alone.text(), reply.text());
            assertEquals(reply.text(), pieces.toString());
            assertEquals(ids.length, reply.promptTokens());
        }
    }

    @Test
    void thoughtsAreNoPartOfTheReply() {
        var thinker = ChatTemplate.parse("{{ messages[-1].content + ': ' }}{# <think></think> #}", "thinker");
        var prompt = tokenizer.encode("the sea: ");
        var end = tokenizer.idOf(ChatTemplate.END).orElseThrow();
        var config = settings().maxNewTokens(60).temperature(0).eosTokenIds(List.of(end))
                .sequenceBias(Script.answer(prompt, tokenizer, "<think>\nis it blue\n</think>\n\nblue", end)).build();
        var thoughts = new StringBuilder();
        try (var thinking = new ChatModelResponder("tiny", model, tokenizer, thinker, GenerationConfig.DEFAULT)) {
            var reply = thinking.respond(new Prompt(question("the sea"), List.of(), config), thoughts::append, piece -> {});
            assertEquals("blue", reply.text());
            assertEquals("is it blue", thoughts.toString());
        }
    }

    @Test
    void callsAreReadInTheFormatOfEachFamily() throws IOException {
        try (var random = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 2048, 16, 1, 2), 7)) {
            random.savePretrained(folder);
        }
        var tool = new Tool("hill", JsonNodeFactory.instance.objectNode().put("type", "function"));
        tool.definition().putObject("function").put("name", "hill").put("description", "?").putObject("parameters").put("type", "object")
                .putObject("properties");
        try (var wide = CausalLM.fromPretrained(folder)) {
            for (var family : CallingTemplates.BY_FORMAT.entrySet()) {
                if (family.getKey().equals("harmony")) continue; // has what a grammar asks for in a message of its own, as text
                var template = ChatTemplate.parse(family.getValue(), family.getKey());
                var form = ToolTemplate.of(template).format().calls(List.of(tool), false);
                try (var calling = new ChatModelResponder("wide", wide, tokenizer, template, GenerationConfig.DEFAULT)) {
                    var config = settings().maxNewTokens(300).grammar(form).build();
                    var reply = calling.respond(new Prompt(question("the sea"), List.of(tool), config), piece -> {});
                    assertFalse(reply.calls().isEmpty(), family.getKey() + ": " + reply.text());
                    for (var call : reply.calls()) assertEquals("hill", call.name());
                    if (reply.finishReason() == FinishReason.STOP) assertEquals("", reply.text());
                }
            }
        }
    }

    @Test
    void ofSeveralAnswersTheLikeliestIsGiven() {
        var config = settings().numReturnSequences(4).logprobs(0).build();
        var reply = responder.respond(new Prompt(question("the sea"), List.of(), config), piece -> {});
        var ids = ChatTemplate.chatMl().encode(tokenizer, List.of(Message.user("the sea")), true).ids();
        try (var engine = new InferenceEngine(model, tokenizer, InferenceEngine.Limits.DEFAULT)) {
            var all = new EngineCaller(engine).answer(TextRequest.of(ids, config), (sequence, more, text) -> {}).completions();
            var means = all.stream().mapToDouble(c -> c.logprobs().stream().mapToDouble(TokenLogprob::logprob).sum() / c.logprobs().size())
                    .toArray();
            var best = 0;
            for (int i = 1; i < means.length; i++) if (means[i] > means[best]) best = i;
            assertEquals(all.get(best).text(), reply.text());
            assertEquals(means[best], reply.meanLogprob().orElseThrow(), 1e-9); // the same sum in another order
        }
    }

    @Test
    void aFormIsKept() throws IOException {
        var grammar = Grammar.ofJsonSchema("{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":9}},"
                + "\"required\":[\"n\"],\"additionalProperties\":false}");
        var config = settings().maxNewTokens(60).grammar(grammar).build();
        var reply = responder.respond(new Prompt(question("the sea"), List.of(), config), piece -> {});
        assertTrue(new ObjectMapper().readTree(reply.text()).path("n").isInt(), reply.text());
    }

    @Test
    void oldTurnsAreForgottenAndALastTurnThatIsTooLongDoesNotFit() {
        var messages = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 6; i++) {
            messages.addObject().put("role", "user").put("content", "the hill is green and the sea is blue. ".repeat(2));
            messages.addObject().put("role", "assistant").put("content", "yes");
        }
        messages.addObject().put("role", "user").put("content", "the sea");
        var config = settings().build();
        assertTrue(responder.fits(new Prompt(messages, List.of(), config)));
        assertTrue(responder.respond(new Prompt(messages, List.of(), config), piece -> {}).forgottenTurns() > 0);
        assertFalse(responder.fits(new Prompt(question("xyz ".repeat(200)), List.of(), config)));
    }
}
