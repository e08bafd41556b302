package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.moderations.ModerationModel;
import dev.parley.serve.TestServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** OpenAI's own client for Java against models, embeddings and moderations, with its validation of what comes back. */
@Timeout(60)
class OpenAiJavaModelsTest {

    private static final TestServer server = TestServer.shared();
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        client = OpenAIOkHttpClient.builder().baseUrl(server.base() + "/v1").apiKey("none").responseValidation(true).maxRetries(0).build();
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    @Test
    void modelsAreListedAndFound() {
        assertEquals(List.of("tiny", "tiny-2"), client.models().list().data().stream().map(Model::id).toList());
        assertEquals("tiny", client.models().retrieve("small").id());
        assertThrows(NotFoundException.class, () -> client.models().retrieve("gpt-9"));
    }

    @Test
    void embeddingsComeAsNumbersHoweverTheyAreAskedFor() {
        var byDefault = client.embeddings()
                .create(EmbeddingCreateParams.builder().model("tiny").inputOfArrayOfStrings(List.of("The sea", "A mountain")).build());
        assertEquals(2, byDefault.data().size());
        assertEquals(64, byDefault.data().getFirst().embedding().size());
        for (var format : List.of(EmbeddingCreateParams.EncodingFormat.FLOAT, EmbeddingCreateParams.EncodingFormat.BASE64)) {
            var one = client.embeddings()
                    .create(EmbeddingCreateParams.builder().model("tiny").input("The sea").encodingFormat(format).build());
            assertEquals(byDefault.data().getFirst().embedding(), one.data().getFirst().embedding());
            assertEquals(2, one.usage().promptTokens());
        }
        var refused = assertThrows(BadRequestException.class,
                () -> client.embeddings().create(EmbeddingCreateParams.builder().model("tiny").input("x").dimensions(3).build()));
        assertEquals("dimensions", refused.param().orElse(""));
    }

    @Test
    void textsAreModerated() {
        var answer = client.moderations().create(ModerationCreateParams.builder().model(ModerationModel.OMNI_MODERATION_LATEST)
                .inputOfStrings(List.of("I will kill you", "How do I kill a process?")).build());
        var threat = answer.results().getFirst();
        assertTrue(threat.flagged());
        assertTrue(threat.categories().harassmentThreatening());
        assertTrue(threat.categoryScores().harassmentThreatening() > 0.5);
        assertTrue(threat.categories().illicit().isPresent());
        assertFalse(answer.results().getLast().flagged());
    }
}
