package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.config.GenerationConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Options of settings, as the command line gives them. */
class SamplingOptionsTest {

    private static final GenerationConfig RECOMMENDED = GenerationConfig.builder().temperature(0.7).topK(20).stopStrings(List.of("END"))
            .build();

    @Command
    private static final class Sampled {
        @Mixin
        SamplingOptions sampling = SamplingOptions.ofAll();
    }

    private static CommandLine command() {
        return new CommandLine(new Sampled());
    }

    private static GenerationConfig parsed(CommandLine command, String... args) throws Exception {
        command.parseArgs(args);
        return ((Sampled) command.getCommand()).sampling.config(RECOMMENDED);
    }

    @Test
    void everyTypeOfValueIsTaken() throws Exception {
        var config = parsed(command(), "--temperature", "0.25", "--max-new-tokens=7", "--seed", "-9000000000", "--stop", "a", "--stop",
                "b c", "--ignore-eos");
        assertEquals(0.25, config.temperature());
        assertEquals(7, config.maxNewTokens());
        assertEquals(-9_000_000_000L, config.seed());
        assertEquals(List.of("a", "b c"), config.stopStrings());
        assertTrue(config.ignoreEos());
        assertEquals(20, config.topK());
    }

    @Test
    void whatIsNotGivenIsAsTheModelRecommends() throws Exception {
        var command = command();
        parsed(command, "--temperature", "0.25", "--stop", "a", "--ignore-eos");
        var config = parsed(command); // and nothing stays of an earlier line
        assertEquals(0.7, config.temperature());
        assertEquals(List.of("END"), config.stopStrings());
        assertFalse(config.ignoreEos());
    }

    @Test
    void allFaultsAreToldAtOnce() {
        var fault = assertThrows(IllegalArgumentException.class, () -> parsed(command(), "--top-p", "0", "--num-beams", "0"));
        assertEquals("Nothing can be generated so: top_p 0.0 is not in (0, 1]; num_beams 0 is not in 1..1024.", fault.getMessage());
    }

    @Test
    void everyOptionHasASentence() {
        var options = command().getCommandSpec().options();
        assertTrue(options.size() > 20, options.toString());
        for (var option : options) assertTrue(option.description()[0].endsWith("."), option.longestName());
    }

    @Command
    private static final class Chatting {
        @Mixin
        SamplingOptions sampling = SamplingOptions.ofOneAnswer();
    }

    @Test
    void severalAnswersAreForThoseWhoCanShowThem() throws Exception {
        assertEquals(3, parsed(command(), "--num-return-sequences", "3").numReturnSequences());
        assertThrows(CommandLine.UnmatchedArgumentException.class,
                () -> new CommandLine(new Chatting()).parseArgs("--num-return-sequences", "3"));
    }
}
