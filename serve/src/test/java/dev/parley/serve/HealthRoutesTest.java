package dev.parley.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.serve.models.ModelPool;
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HealthRoutesTest {

    @Test
    void anEngineThatMakesNoTokenForLongIsIll() throws Exception {
        var held = new CountDownLatch(1);
        try (var models = new ModelPool(List.of(TestServer.source("tiny", List.of(), 7)), 1L << 30, new Limits(4, 16, 1, 64),
                Duration.ofSeconds(30));
                var client = HttpClient.newHttpClient(); var lease = models.lease(Optional.empty())) {
            var server = Javalin.create(config -> new HealthRoutes(models, () -> false, Duration.ofMillis(200)).addTo(config.routes))
                    .start(0);
            try {
                var health = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/health")).build();
                assertEquals(200, client.send(health, HttpResponse.BodyHandlers.ofString()).statusCode());
                lease.model().engine().submit(TextRequest.of(new int[] {1}, GenerationConfig.builder().maxNewTokens(2).build()),
                        holding(held));
                var answer = client.send(health, HttpResponse.BodyHandlers.ofString());
                while (answer.statusCode() == 200) answer = client.send(health, HttpResponse.BodyHandlers.ofString());
                assertEquals(503, answer.statusCode());
                assertTrue(answer.body().contains("the engine of tiny has not produced a token"), answer.body());
                held.countDown();
                while (client.send(health, HttpResponse.BodyHandlers.ofString()).statusCode() != 200) Thread.sleep(10);
            } finally {
                held.countDown();
                server.stop();
            }
        }
    }

    private static InferenceEngine.Listener holding(CountDownLatch held) {
        return new InferenceEngine.Listener() {

            @Override
            public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
                try {
                    held.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void onEnd(InferenceEngine.Answer answer) {}

            @Override
            public void onFailure(RuntimeException failure) {}
        };
    }
}
