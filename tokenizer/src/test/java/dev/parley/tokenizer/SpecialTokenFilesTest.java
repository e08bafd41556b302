package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands beside a vocabulary: the roles of tokens, tokens beyond it, and what goes around a text. */
class SpecialTokenFilesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private ObjectNode json;
    private int next;

    @BeforeEach
    void aTokenizerJsonAlone() throws IOException {
        json = SmallVocabulary.characters();
        next = json.path("model").path("vocab").size();
        Files.writeString(folder.resolve("tokenizer.json"), json.toString());
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text.replace('\'', '"'));
    }

    @Test
    void rolesMayBeTextsOrObjectsAndOlderFilesFillWhatIsMissing() throws Exception {
        write("tokenizer_config.json",
                "{'bos_token':'<s>','eos_token':{'__type':'AddedToken','content':'</s>','lstrip':false},'pad_token':null}");
        write("special_tokens_map.json", "{'eos_token':'<s>','pad_token':{'content':'<unk>'},'unk_token':'<unk>'}");
        var tokenizer = Tokenizer.load(folder);
        assertEquals(1, tokenizer.bosTokenId().getAsInt());
        assertEquals(2, tokenizer.eosTokenId().getAsInt());
        assertEquals(0, tokenizer.padTokenId().getAsInt());
        assertEquals("<unk>", tokenizer.specialTokens().get("unk_token"));
        var saved = folder.resolve("saved");
        tokenizer.save(saved);
        assertEquals(tokenizer.specialTokens(), Tokenizer.load(saved).specialTokens());
    }

    @Test
    void tokensThatOnlyTheConfigNamesAreFound() throws Exception {
        write("tokenizer_config.json",
                "{'added_tokens_decoder':{'1':{'content':'<s>','rstrip':true,'special':true},'" + next
                        + "':{'content':'<call>','special':false}},'additional_special_tokens':['hello']}"
                                .replace("hello", token()));
        var tokenizer = Tokenizer.load(folder);
        assertArrayEquals(new int[] {1, next, tokenizer.idOf(token()).getAsInt()},
                tokenizer.encodeWithSpecialTokens("<s>  <call>" + token()));
        assertEquals("<call>", tokenizer.decode(new int[] {next, tokenizer.idOf(token()).getAsInt()}, true));
        var saved = folder.resolve("saved");
        tokenizer.save(saved);
        assertArrayEquals(new int[] {1, next}, Tokenizer.load(saved).encodeWithSpecialTokens("<s>  <call>"));
    }

    /** A token of two characters of the vocabulary. */
    private String token() {
        return json.path("model").path("merges").path(0).path(0).asText() + json.path("model").path("merges").path(0).path(1).asText();
    }

    @Test
    void bosAndEosAreAddedAsTheConfigSays() throws Exception {
        var text = "a";
        var plain = Tokenizer.load(folder).encode(text);
        write("tokenizer_config.json", "{'bos_token':'<s>','eos_token':'</s>','add_bos_token':true,'add_eos_token':true}");
        var around = Tokenizer.load(folder).encodeForModel(text);
        assertEquals(plain.length + 2, around.length);
        assertEquals(1, around[0]);
        assertEquals(2, around[around.length - 1]);
        json.set("post_processor", JSON.readTree("{\"type\":\"BertProcessing\",\"cls\":[\"<s>\",1],\"sep\":[\"</s>\",2]}"));
        Files.writeString(folder.resolve("tokenizer.json"), json.toString());
        assertArrayEquals(around, Tokenizer.load(folder).encodeForModel(text));
        write("tokenizer_config.json", "{'bos_token':'<s>','add_bos_token':false,'add_eos_token':false,'tokenizer_class':'GPT2Tokenizer'}");
        assertArrayEquals(around, Tokenizer.load(folder).encodeForModel(text));
        write("tokenizer_config.json",
                "{'bos_token':'<s>','add_bos_token':false,'add_eos_token':false,'tokenizer_class':'LlamaTokenizerFast'}");
        assertArrayEquals(plain, Tokenizer.load(folder).encodeForModel(text));
        write("tokenizer_config.json", "{'add_bos_token':true,'tokenizer_class':'LlamaTokenizer'}");
        assertTrue(assertThrows(TokenizerException.class, () -> Tokenizer.load(folder)).getMessage().contains("bos_token"));
    }

    /** Slow folders say by the class how text is cut. */
    @Test
    void aSlowFolderIsCutAsItsClassSays() throws Exception {
        var gpt2 = folder.resolve("gpt2");
        Tokenizer.fromPretrained("gpt2").save(gpt2);
        var model = JSON.readTree(gpt2.resolve("tokenizer.json").toFile()).path("model");
        var slow = Files.createDirectory(folder.resolve("slow"));
        JSON.writeValue(slow.resolve("vocab.json").toFile(), model.path("vocab"));
        var merges = new StringBuilder("#version: 0.2\n");
        for (var merge : model.path("merges")) merges.append(merge.asText()).append('\n');
        Files.writeString(slow.resolve("merges.txt"), merges);
        var config = slow.resolve("tokenizer_config.json");
        for (var change : List.of(new Object[] {"{}", "1234", 2}, new Object[] {"{\"tokenizer_class\":\"Qwen2Tokenizer\"}", "1234", 4},
                new Object[] {"{\"tokenizer_class\":\"GPT2Tokenizer\",\"add_prefix_space\":true}", "the", 1})) {
            Files.writeString(config, (String) change[0]);
            assertEquals(change[2], Tokenizer.load(slow).encode((String) change[1]).length, (String) change[0]);
        }
        assertArrayEquals(Tokenizer.fromPretrained("gpt2").encode(" the"), Tokenizer.load(slow).encode("the"));
        Files.writeString(slow.resolve("added_tokens.json"), "{\"<new>\":50257}");
        assertArrayEquals(new int[] {50257}, Tokenizer.load(slow).encodeWithSpecialTokens("<new>"));
        Files.writeString(config, "{\"tokenizer_class\":\"CLIPTokenizer\"}");
        assertTrue(assertThrows(TokenizerException.class, () -> Tokenizer.load(slow)).getMessage().contains("CLIPTokenizer"));
    }
}
