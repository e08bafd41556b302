package dev.parley.train.rollout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.VerifiablePrompt;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.Message;
import dev.parley.train.rollout.Rollout.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewardFunctionsTest {

    private static final Call CALL = new Call("calculate", "{}", "5", false);

    private static Rollout rollout(String answer, String text, int tokens, String line, Call... calls) {
        var more = JsonNodeFactory.instance.objectNode();
        if (line.startsWith("tool ")) more.put("tool", line.substring(5));
        if (line.startsWith("reward ")) more.put("reward", line.substring(7));
        var prompt = Chat.of(List.of(Message.user("?")));
        var question = new Question(new VerifiablePrompt(prompt, answer, more), TrainingRow.of(new int[] {1}, new int[] {-100}));
        var ids = new int[tokens + 1];
        var row = TrainingRow.of(ids, ids);
        return new Rollout(question, row, text, List.of(calls), true);
    }

    private static double score(Reward reward, String answer, String text) {
        return reward.of(rollout(answer, text, 3, "", new Call[0]));
    }

    @Test
    void answersAreComparedAsTheNameSays() {
        assertEquals(1, score(RewardFunctions.exact(), "12", " 12\n"));
        assertEquals(0, score(RewardFunctions.exact(), "12", "12."));
        assertEquals(1, score(RewardFunctions.number(), "12", "5 + 2 = 7, 5 + 7 = 12."));
        assertEquals(1, score(RewardFunctions.number(), "#### 1,200", "so 1200.00"));
        assertEquals(0, score(RewardFunctions.number(), "12", "12 or 13"));
        assertEquals(0, score(RewardFunctions.number(), "-3", "3"));
        assertEquals(0, score(RewardFunctions.number(), "12", "twelve"));
        assertEquals(1, score(RewardFunctions.contains(), "Paris", "It is Paris, I think"));
        assertEquals(1, score(RewardFunctions.regex("[0-9]+ \\+ [0-9]+ = [0-9]+"), "x", "1 + 2 = 3"));
        assertEquals(0, score(RewardFunctions.regex("[0-9]+"), "x", "about 3"));
        assertEquals(1, score(RewardFunctions.jsonSchema("{\"type\": \"object\", \"required\": [\"n\"], \"properties\": {\"n\": {\"type\":"
                + " \"integer\"}}}"), "x", "{\"n\": 3}"));
        assertEquals(0, score(RewardFunctions.jsonSchema("{\"type\": \"object\"}"), "x", "{\"n\": "));
    }

    @Test
    void lengthCostsFromWhereItIsFreeToTheLongest() {
        var length = RewardFunctions.length(10, 20);
        assertEquals(0, length.of(rollout("x", "", 10, "")));
        assertEquals(-0.5, length.of(rollout("x", "", 15, "")));
        assertEquals(-1, length.of(rollout("x", "", 20, "")));
        assertThrows(IllegalArgumentException.class, () -> RewardFunctions.length(20, 20));
    }

    @Test
    void toolsAreToBeCalledAsTheLineSays() {
        var tool = RewardFunctions.tool();
        assertEquals(1, tool.of(rollout("x", "", 1, "", CALL)));
        assertEquals(0, tool.of(rollout("x", "", 1, "")));
        assertEquals(1, tool.of(rollout("x", "", 1, "tool none")));
        assertEquals(0, tool.of(rollout("x", "", 1, "tool none", CALL)));
        assertEquals(0, tool.of(rollout("x", "", 1, "tool search", CALL)));
        assertEquals(0, tool.of(rollout("x", "", 1, "", new Call("calculate", "x", "no", true))));
    }

    @Test
    void aLineMayNameWhoJudgesIt() {
        var rewards = Rewards.of(RewardFunctions.number()).with(RewardFunctions.contains(), 0.5);
        assertEquals(1.5, rewards.total(rewards.each(rollout("3", "3", 1, ""))));
        var each = rewards.each(rollout("3", "3", 1, "reward contains"));
        assertArrayEquals(new double[] {Double.NaN, 1}, each);
        assertEquals(0.5, rewards.total(each));
        assertThrows(IllegalArgumentException.class, () -> rewards.each(rollout("3", "3", 1, "reward taste")));
    }

    @Test
    void theCalculatorReadsExpressionsAndNothingElse() {
        assertEquals("408", calculated("12 * 34"));
        assertEquals("-59", calculated("11 - 70"));
        assertEquals("84", calculated("12*(3+4)"));
        assertEquals("2.5", calculated("10 / 4"));
        assertEquals("-100", calculated("-(40 + 60)"));
        for (var text : new String[] {"", "12 *", "12 34", "(1", "1 / 0", "١ + 1", "x", "1".repeat(201), "(".repeat(50) + "1"})
            assertThrows(IllegalArgumentException.class, () -> calculated(text), text);
    }

    private static String calculated(String expression) {
        return new Calculator().call(JsonNodeFactory.instance.objectNode().put("expression", expression));
    }
}
