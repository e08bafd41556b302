package dev.parley.eval.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.parley.eval.harness.EvaluationResult;
import dev.parley.eval.harness.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class EvaluateTest {

    @TempDir
    Path temporary;

    /** Tests as a user writes them; run by the test below, which names their model. Figures are those of the reference. */
    static class Users {

        @Evaluate(task = "tiny_arc", metric = "acc_norm", atLeast = 0.25)
        void goodEnough(EvaluationResult result) {
            assertEquals(12, result.tasks().getFirst().samples().size());
        }

        @Evaluate(task = "tiny_arc", metric = "acc_norm", atLeast = 0.3)
        void notGoodEnough() {}

        @Evaluate(task = "tiny_arc", metric = "acc_norm", atLeast = 0.2, standardErrors = 1.64)
        void notSurelyGoodEnough() {}

        @Evaluate(task = "tiny_pages", metric = "bits_per_byte", atMost = 8.6)
        void fewEnoughBits() {}

        @Evaluate(task = "tiny_pages", metric = "bits_per_byte", atMost = 8.5)
        void tooManyBits() {}

        @Evaluate(task = "tiny_arc", metric = "bleu", atLeast = 0.1)
        void noSuchMetric() {}

        @Evaluate(task = "tiny_arc")
        void noBound() {}
    }

    @Test
    void aTestPassesWhereTheFigureIsAsGoodAsAsked() throws IOException {
        System.setProperty("parley.eval.model", TinyModelFolder.in(temporary).toString());
        System.setProperty("parley.eval.tasks", TinyModelFolder.tasks().toString());
        var results = new TreeMap<String, String>();
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Users.class)).build(),
                new TestExecutionListener() {
                    @Override
                    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                        if (test.isTest()) results.put(test.getDisplayName().replace("()", "").replaceAll("\\(.*", ""),
                                result.getThrowable().map(Throwable::getMessage).orElse("passed"));
                    }
                });
        assertEquals("passed", results.get("goodEnough"));
        assertEquals("passed", results.get("fewEnoughBits"));
        assertEquals("acc_norm,none of tiny_arc is 0.2500 ± 0.1306 (n = 12); asked is at least 0.3.", results.get("notGoodEnough"));
        for (var said : List.of("notSurelyGoodEnough: beyond 1.64 standard errors", "tooManyBits: asked is at most 8.5",
                "noSuchMetric: acc,none, acc_norm,none", "noBound: give atLeast or atMost")) {
            var parts = said.split(": ");
            assertTrue(results.get(parts[0]).contains(parts[1]), results.get(parts[0]));
        }
    }
}
