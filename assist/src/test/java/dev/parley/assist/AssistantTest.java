package dev.parley.assist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.config.GenerationConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssistantTest {

    private static final String WHOLE = """
            name: shop
            title: {en: Our shop, zh: 本店}
            languages: [en, zh]
            model: my-model
            system_prompt: {en: You help., zh: 你是客服。}
            knowledge:
              folders: [faq]
              top_k: 2
              min_relevance: 0.4
              cite: false
              unknown: I do not know.
            guardrails:
              - injection
              - topics: {refuse: [politics]}
            tools:
              servers:
                orders: {command: java, args: [-jar, orders.jar]}
              allow: [orders/find]
            sampling:
              temperature: 0.3
              max_new_tokens: 200
            best_of: 3
            forms:
              couplet:
                verse: {lines: 2, characters: 5}
            opening_questions:
              en: ["How long?"]
              zh: [多久？]
            """;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void makeFolder() throws IOException {
        Files.createDirectories(folder.resolve("faq"));
        file = folder.resolve("assistant.yaml");
    }

    private Assistant read(String yaml) throws IOException {
        return Assistant.read(Files.writeString(file, yaml));
    }

    @Test
    void whatTheFileSaysIsReadByItsNames() throws IOException {
        var shop = read(WHOLE);
        assertEquals("本店", shop.title().in("zh"));
        assertEquals("Our shop", shop.title().in("fr"));
        assertEquals(List.of(folder.toAbsolutePath().normalize().resolve("faq")), shop.knowledge().orElseThrow().folders());
        assertEquals(2, shop.knowledge().orElseThrow().topK());
        assertEquals(0.3, shop.sampling().over(GenerationConfig.DEFAULT).temperature());
        assertEquals(200, shop.sampling().over(GenerationConfig.DEFAULT).maxNewTokens());
        assertEquals(GenerationConfig.DEFAULT.topP(), shop.sampling().over(GenerationConfig.DEFAULT).topP());
        assertEquals(List.of("多久？"), shop.openingQuestions().get("zh"));
        assertEquals("en", shop.answerLanguage("fr"));
        assertTrue(shop.form("couplet").grammar().isPresent());
    }

    @Test
    void anAssistantWithoutANameHasThatOfItsFolder() throws IOException {
        var named = Files.createDirectories(folder.resolve("my-shop"));
        assertEquals("my-shop", Assistant.read(Files.writeString(named.resolve("a.yaml"), "title: T\nsystem_prompt: P\n")).name());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            temperature: 0.3  | temperature: hot        | line 20: sampling.temperature is "hot"
            temperature: 0.3  | temperature: -1         | line 20: sampling.temperature is -1
            temperature: 0.3  | tempratur: 0.3          | line 20: sampling.tempratur is no setting
            top_k: 2          | top_k: two              | line 8: knowledge.top_k is "two"; it is a whole number from 1 to 20
            top_k: 2          | topk: 2                 | line 8: knowledge.topk is no key
            folders: [faq]    | folders: [fax]          | line 7: knowledge.folders[0] names
            cite: false       | cite: perhaps           | line 10: knowledge.cite is "perhaps"; it is true or false
            title: {en: Our shop, zh: 本店} | title: {en: Our shop} | line 2: title needs the key zh
            best_of: 3        | best_of: 99             | line 22: best_of is 99; it is a whole number from 1 to 16
            verse: {lines: 2, characters: 5} | {}       | line 24: forms.couplet
            name: shop        | name: Our Shop!         | line 1: name is Our Shop!
            languages: [en, zh] | languages: [english]  | line 3: languages[0] is no code
            name: shop        | name: [                 | this is not YAML
            best_of: 3        | name: again             | this is not YAML""")
    void aFaultIsToldWithFileLineAndKey(String right, String wrong, String sentence) {
        var fault = assertThrows(AssistantException.class, () -> read(WHOLE.replace(right.strip(), wrong.strip())));
        assertTrue(fault.getMessage().startsWith(file.toString()), fault.getMessage());
        assertTrue(fault.getMessage().contains(sentence.strip()), fault.getMessage());
        assertEquals(1, fault.getMessage().lines().count());
    }

    @Test
    void aFormThatIsNotThereIsToldWithThoseThatAre() throws IOException {
        var shop = read(WHOLE);
        assertTrue(assertThrows(AssistantException.class, () -> shop.form("quiz")).getMessage().contains("it has couplet"));
    }
}
