package dev.parley.serve.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.TestServer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsRoutesTest {

    private static double value(String metrics, String series) {
        var matcher = Pattern.compile("^" + Pattern.quote(series) + " (\\S+)$", Pattern.MULTILINE).matcher(metrics);
        assertTrue(matcher.find(), series + " is not in\n" + metrics);
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void whatTheEngineDidIsCounted() {
        try (var server = TestServer.start()) {
            var prompt = "the same words again and again ".repeat(30);
            for (int i = 0; i < 2; i++) {
                assertEquals(200,
                        server.post("/v1/completions",
                                "{\"prompt\": \"" + prompt + "\", \"max_tokens\": 5, \"temperature\": 0, \"ignore_eos\": true}")
                                .statusCode());
            }
            var metrics = server.get("/metrics").body();
            assertEquals(10, value(metrics, "parley_completion_tokens_total{model=\"tiny\"}"));
            assertTrue(value(metrics, "parley_prefix_cached_tokens_total{model=\"tiny\"}") >= 128);
            assertEquals(2, value(metrics, "parley_time_to_first_token_seconds_count{model=\"tiny\"}"));
            assertEquals(2, value(metrics, "parley_time_to_first_token_seconds_bucket{model=\"tiny\",le=\"+Inf\"}"));
            assertEquals(8, value(metrics, "parley_inter_token_seconds_count{model=\"tiny\"}"));
            assertEquals(0, value(metrics, "parley_texts_running{model=\"tiny\"}"));
            assertEquals(1, value(metrics, "parley_model_loaded{model=\"tiny\"}"));
            assertEquals(0, value(metrics, "parley_model_loaded{model=\"tiny-2\"}"));
            assertEquals(2, value(metrics, "parley_http_requests_seconds_count{method=\"POST\",route=\"/v1/completions\",status=\"200\"}"));
        }
    }

    @Test
    void pathsThatAreNotThereDoNotFillTheMemory() {
        try (var server = TestServer.start()) {
            for (int i = 0; i < 20; i++) server.get("/nothing/" + i);
            var metrics = server.get("/metrics").body();
            assertFalse(metrics.contains("/nothing/"), metrics);
            assertEquals(20, value(metrics, "parley_http_requests_seconds_count{method=\"other\",route=\"none\",status=\"404\"}"));
        }
    }
}
