package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.FolderTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each step that {@code tokenizer.json} can have, against Hugging Face's own library on small vocabularies. */
@Execution(ExecutionMode.CONCURRENT)
class TokenizerJsonStepsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LINES = 600;

    @TempDir
    Path folder;

    /**
     * In the JSON here an apostrophe is a quotation mark; what begins with bytes has a byte-level vocabulary, with characters one of
     * characters.
     */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '@', textBlock = """
            bytes       ; {'pre_tokenizer': {'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true,'use_regex':true}}
            bytes       ; {'pre_tokenizer': {'type':'ByteLevel','add_prefix_space':true,'trim_offsets':false,'use_regex':false}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'String':' '},'behavior':'Removed','invert':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'String':' '},'behavior':'Isolated','invert':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'String':'e'},'behavior':'MergedWithPrevious','invert':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'String':'e'},'behavior':'MergedWithNext','invert':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'String':'1'},'behavior':'Contiguous','invert':true}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'\\\\d'},'behavior':'Contiguous','invert':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'\\\\w+'},'behavior':'Removed','invert':true}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'[aeiou]|\\\\s'},'behavior':'MergedWithPrevious','invert':true}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'[aeiou]|\\\\s'},'behavior':'MergedWithNext','invert':true}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'x*'},'behavior':'MergedWithPrevious','invert':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'LLAMA3'},'behavior':'Removed','invert':true}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'LLAMA3'},'behavior':'Removed','invert':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'GPT4O'},'behavior':'Isolated','invert':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'\\\\p{N}{1,3}'},'behavior':'Isolated','invert':false}, {'type':'Split','pattern':{'Regex':'[一-龥぀-ゟ゠-ヿ]+'},'behavior':'Isolated','invert':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Digits','individual_digits':false}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Digits','individual_digits':true}, {'type':'Punctuation'}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Punctuation','behavior':'Contiguous'}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Punctuation','behavior':'MergedWithNext'}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Whitespace'}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'CharDelimiterSplit','delimiter':'a'}, BYTES]}}
            bytes       ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'BertPreTokenizer'}, {'type':'Sequence','pretokenizers':[BYTES]}]}}
            bytes       ; {'normalizer': {'type':'NFC'}}
            bytes       ; {'normalizer': {'type':'NFKC'}}
            bytes       ; {'normalizer': {'type':'NFD'}}
            bytes       ; {'normalizer': {'type':'Lowercase'}}
            bytes       ; {'normalizer': {'type':'Strip','strip_left':true,'strip_right':false}}
            bytes       ; {'normalizer': {'type':'Sequence','normalizers':[{'type':'NFKD'},{'type':'StripAccents'},{'type':'Strip','strip_left':false,'strip_right':true}]}}
            bytes       ; {'normalizer': {'type':'Sequence','normalizers':[{'type':'Replace','pattern':{'Regex':' {2,}'},'content':' '},{'type':'Prepend','prepend':'_'}]}}
            bytes       ; {'normalizer': {'type':'Replace','pattern':{'Regex':'^[a-z]|\\\\s$'},'content':'$1'}}
            bytes       ; {'normalizer': {'type':'Replace','pattern':{'String':'o'},'content':'0'}, 'added_tokens':[{'id':NEXT0,'content':'hello','single_word':false,'lstrip':false,'rstrip':false,'normalized':true,'special':false}]}
            bytes       ; {'normalizer': {'type':'Lowercase'}, 'added_tokens':[{'id':NEXT0,'content':'World','single_word':false,'lstrip':true,'rstrip':true,'normalized':true,'special':false},{'id':NEXT1,'content':'hello','single_word':false,'lstrip':false,'rstrip':false,'normalized':false,'special':true}]}
            bytes       ; {'added_tokens':[{'id':NEXT0,'content':'1','single_word':true,'lstrip':false,'rstrip':false,'normalized':false,'special':false},{'id':NEXT1,'content':'12','single_word':true,'lstrip':true,'rstrip':false,'normalized':false,'special':false},{'id':NEXT2,'content':'23','single_word':false,'lstrip':false,'rstrip':true,'normalized':false,'special':true}]}
            bytes       ; {'added_tokens':[{'id':NEXT0,'content':'  ','single_word':false,'lstrip':false,'rstrip':false,'normalized':false,'special':false},{'id':NEXT1,'content':'<s>','single_word':false,'lstrip':true,'rstrip':true,'normalized':false,'special':true},{'id':NEXT2,'content':'hello','single_word':false,'lstrip':true,'rstrip':true,'normalized':true,'special':false}]}
            bytes       ; {'model.ignore_merges': true}
            bytes       ; {'decoder': {'type':'Sequence','decoders':[{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true,'use_regex':true},{'type':'Fuse'}]}}
            characters  ; {'pre_tokenizer': {'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}, 'decoder': {'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}}
            characters  ; {'pre_tokenizer': {'type':'Metaspace','replacement':'▁','prepend_scheme':'first','split':true}, 'decoder': {'type':'Metaspace','replacement':'▁','prepend_scheme':'first','split':true}}
            characters  ; {'pre_tokenizer': {'type':'Metaspace','replacement':'▁','prepend_scheme':'first','split':false}, 'decoder': LLAMA}
            characters  ; {'pre_tokenizer': {'type':'Metaspace','replacement':'▁','prepend_scheme':'never','split':true}, 'decoder': {'type':'Metaspace','replacement':'▁','prepend_scheme':'never','split':true}}
            characters  ; {'pre_tokenizer': {'type':'Metaspace','replacement':'▁','add_prefix_space':true}, 'decoder': {'type':'Metaspace','replacement':'▁','add_prefix_space':true}}
            characters  ; {'pre_tokenizer': {'type':'Metaspace','replacement':'▁','add_prefix_space':true,'prepend_scheme':'first'}, 'decoder': {'type':'Sequence','decoders':[{'type':'ByteFallback'},{'type':'Fuse'}]}, 'model.byte_fallback': true}
            characters  ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Metaspace','replacement':'▁','prepend_scheme':'first','split':false},{'type':'Digits','individual_digits':true}]}, 'decoder': LLAMA, 'model.byte_fallback': true}
            characters  ; {'normalizer': SPACES, 'decoder': LLAMA, 'model.byte_fallback': true}
            characters  ; {'normalizer': SPACES, 'decoder': LLAMA, 'model.byte_fallback': false, 'model.fuse_unk': true}
            characters  ; {'normalizer': SPACES, 'decoder': LLAMA, 'model.byte_fallback': false, 'model.fuse_unk': false}
            characters  ; {'normalizer': SPACES, 'decoder': LLAMA, 'model.byte_fallback': false, 'model.unk_token': null}
            characters  ; {'normalizer': SPACES, 'decoder': LLAMA, 'model.ignore_merges': true, 'pre_tokenizer': {'type':'Split','pattern':{'String':'▁'},'behavior':'MergedWithPrevious','invert':false}}
            characters  ; {'normalizer': SPACES, 'added_tokens':[{'id':NEXT0,'content':'hello','single_word':false,'lstrip':false,'rstrip':false,'normalized':true,'special':true},{'id':NEXT1,'content':'World','single_word':false,'lstrip':true,'rstrip':false,'normalized':false,'special':true}], 'decoder': LLAMA}
            characters  ; {'pre_tokenizer': {'type':'Whitespace'}, 'decoder': null}
            characters  ; {'pre_tokenizer': {'type':'WhitespaceSplit'}, 'decoder': {'type':'Fuse'}}
            characters  ; {'pre_tokenizer': null, 'decoder': {'type':'Sequence','decoders':[{'type':'Strip','content':'l','start':0,'stop':1},{'type':'Replace','pattern':{'Regex':'[aeiou]'},'content':'*'}]}}
            characters  ; {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},{'type':'Punctuation'},{'type':'Digits','individual_digits':true}]}, 'decoder': null}
            characters  ; {'pre_tokenizer': {'type':'Split','pattern':{'Regex':'\\\\s'},'behavior':'Removed','invert':false}, 'post_processor': {'type':'RobertaProcessing','sep':['</s>',2],'cls':['<s>',1],'trim_offsets':true,'add_prefix_space':false}}
            characters  ; {'post_processor': {'type':'BertProcessing','sep':['</s>',2],'cls':['<s>',1]}}
            characters  ; {'post_processor': {'type':'Sequence','processors':[{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':false,'use_regex':true},{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}},{'Sequence':{'id':'A','type_id':0}},{'SpecialToken':{'id':'</s>','type_id':0}}],'pair':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'B','type_id':0}}],'special_tokens':{'<s>':{'id':'<s>','ids':[1,4],'tokens':['<s>','a']},'</s>':{'id':'</s>','ids':[2],'tokens':['</s>']}}}]}}
            """)
    void eachStepGivesTheIdsAndTheTextOfHuggingFacesLibrary(String base, String changes) throws Exception {
        var file = write(base, expanded(changes));
        var ours = Tokenizer.load(file);
        var saved = folder.resolve("saved");
        ours.save(saved);
        var again = Tokenizer.load(saved);
        var random = new SplittableRandom(changes.hashCode());
        try (var theirs = library(file, false); var theirsAroundText = library(file, true)) {
            for (int i = 0; i < LINES; i++) {
                var text = MixedLines.line(random);
                var ids = ids(theirs, text);
                assertArrayEquals(ids, ours.encodeWithSpecialTokens(text), () -> JSON.valueToTree(text) + " "
                        + theirs.decode(Arrays.stream(ids).asLongStream().toArray(), false) + "/" + ours.decode(ours.encode(text)));
                assertArrayEquals(ids, ours.encodeWithOffsets(text, true).ids());
                assertArrayEquals(ids, again.encodeWithSpecialTokens(text));
                var wanted = theirs.decode(Arrays.stream(ids).asLongStream().toArray(), false);
                assertEquals(wanted, ours.decode(ids), () -> JSON.valueToTree(text) + " " + Arrays.toString(ids));
                assertEquals(wanted, again.decode(ids));
                assertEquals(theirs.decode(Arrays.stream(ids).asLongStream().toArray(), true), ours.decode(ids, true));
                assertEquals(wanted, streamed(ours, ids));
                if (ids.length == 0 || ids[0] != 1) assertArrayEquals(ids(theirsAroundText, text), ours.encodeForModel(text));
            }
        }
    }

    private static String streamed(Tokenizer tokenizer, int[] ids) {
        var stream = tokenizer.streamDecoder(false);
        var text = new StringBuilder();
        for (var id : ids) text.append(stream.push(id));
        return text.append(stream.finish()).toString();
    }

    private static int[] ids(HuggingFaceTokenizer library, String text) {
        return Arrays.stream(library.encode(text).getIds()).mapToInt(id -> (int) id).toArray();
    }

    private static HuggingFaceTokenizer library(Path file, boolean special) throws IOException {
        return HuggingFaceTokenizer.builder().optTokenizerPath(file).optAddSpecialTokens(special).optTruncation(false).optPadding(false)
                .build();
    }

    private static String expanded(String changes) {
        return changes.replace('\'', '"')
                .replace("BYTES", "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":false}")
                .replace("LLAMA3",
                        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}{1,3}| "
                                + "?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+")
                .replace("GPT4O",
                        "[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?[\\\\p{Lu}\\\\p{Lt}\\\\p{Lm}\\\\p{Lo}\\\\p{M}]*[\\\\p{Ll}\\\\p{Lm}\\\\p{Lo}\\\\p{M}"
                                + "]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?"
                                + "[\\\\p{Lu}\\\\p{Lt}\\\\p{Lm}\\\\p{Lo}\\\\p{M}]+[\\\\p{Ll}\\\\p{Lm}\\\\p{Lo}\\\\p{M}]*(?i:'s|'t|'re|'ve|"
                                + "'m|'ll|'d)?|\\\\p{N}{1,3}| "
                                + "?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n/]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+")
                .replace("SPACES",
                        "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"▁\"},"
                                + "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}]}")
                .replace("LLAMA",
                        "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"▁\"},\"content\":\" "
                                + "\"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},"
                                + "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}");
    }

    private Path write(String base, String changes) throws IOException {
        var json = (base.equals("bytes") ? Vocabularies.BYTES : Vocabularies.CHARACTERS).deepCopy();
        var next = json.path("model").path("vocab").size();
        for (var change : JSON
                .readTree(changes.replace("NEXT0", "" + next).replace("NEXT1", "" + (next + 1)).replace("NEXT2", "" + (next + 2)))
                .properties()) {
            if (change.getKey().startsWith("model."))
                ((ObjectNode) json.path("model")).set(change.getKey().substring(6), change.getValue());
            else json.set(change.getKey(), change.getValue());
        }
        return Files.writeString(folder.resolve("tokenizer.json"), JSON.writeValueAsString(json));
    }

    /** Both vocabularies, made once for all tests. */
    private static final class Vocabularies {

        static final ObjectNode CHARACTERS = SmallVocabulary.characters();
        static final ObjectNode BYTES = bytes();

        private static ObjectNode bytes() {
            var random = new SplittableRandom(3);
            var lines = random.ints(600, 0, Integer.MAX_VALUE).mapToObj(seed -> MixedLines.line(new SplittableRandom(seed)));
            try {
                var folder = Files.createTempDirectory("parley-vocabulary");
                BpeTrainer.of(700).train(lines.iterator()).save(folder);
                var json = (ObjectNode) JSON.readTree(folder.resolve("tokenizer.json").toFile());
                FolderTree.delete(folder);
                return json;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '@', textBlock = """
            {'pre_tokenizer': {'type':'UnicodeScripts'}} ; pre_tokenizer type UnicodeScripts
            {'pre_tokenizer': {'type':'Sequence','pretokenizers':[BYTES, {'type':'Digits'}]}} ; Digits after ByteLevel
            {'pre_tokenizer': {'type':'Sequence','pretokenizers':[{'type':'Digits'}, {'type':'Metaspace'}]}} ; Metaspace after another
            {'pre_tokenizer': {'type':'Split','pattern':{'Regex':'a'},'behavior':'Kept'}} ; behavior "Kept"
            {'pre_tokenizer': {'type':'Split','pattern':{'Regex':'(?<n>a)'},'behavior':'Isolated'}} ; the group
            {'pre_tokenizer': {'type':'Split','pattern':{'Regex':'a\\\\Kb'},'behavior':'Isolated'}} ; \\K
            {'pre_tokenizer': {'type':'Split','pattern':{'Regex':'\\\\p{Nonsense}'},'behavior':'Isolated'}} ; Nonsense
            {'pre_tokenizer': {'type':'Split','pattern':{'Regex':'(a'},'behavior':'Isolated'}} ; cannot be read
            {'pre_tokenizer': {'type':'Split','pattern':{'Regex':7},'behavior':'Isolated'}} ; pattern {"Regex":7}
            {'pre_tokenizer': {'type':'ByteLevel','add_prefix_space':'yes'}} ; add_prefix_space
            {'pre_tokenizer': {'pretokenizers':[]}} ; pre_tokenizer has no type
            {'pre_tokenizer': {'type':'Metaspace','replacement':'ab'}} ; one character
            {'pre_tokenizer': {'type':'Metaspace','prepend_scheme':'last'}} ; prepend_scheme "last"
            {'normalizer': {'type':'BertNormalizer'}} ; normalizer type BertNormalizer
            {'normalizer': {'type':'Precompiled','precompiled_charsmap':''}} ; normalizer type Precompiled
            {'decoder': {'type':'WordPiece'}} ; decoder type WordPiece
            {'decoder': {'type':'Sequence','decoders':[{'type':'Fuse'},{'type':'Replace','pattern':{'String':'a'},'content':'b'}]}} ; Replace after Fuse
            {'decoder': {'type':'Sequence','decoders':[{'type':'ByteFallback'},{'type':'Strip'}]}} ; Strip after ByteFallback
            {'decoder': {'type':'ByteLevel'}} ; ByteLevel, which the pre_tokenizer has not
            {'post_processor': {'type':'SomethingElse'}} ; post_processor type SomethingElse
            {'post_processor': {'type':'BertProcessing','sep':['</s>',99999],'cls':['<s>',1]}} ; 99999
            {'model.dropout': 0.1} ; dropout 0.1
            {'model.type': 'Unigram'} ; Unigram
            {'model.type': 'WordLevel'} ; WordLevel
            {'model.continuing_subword_prefix': '##'} ; continuing_subword_prefix
            {'model.end_of_word_suffix': '</w>'} ; end_of_word_suffix
            {'model.unk_token': 'nowhere'} ; nowhere
            {'model.merges': ['a b c']} ; merge 0
            {'model.merges': [['a', 'nowhere']]} ; nowhere
            {'added_tokens':[{'id':-1,'content':'x'}]} ; -1
            """)
    void whatIsNotSupportedIsRefusedByName(String changes, String named) throws Exception {
        var file = write("characters", expanded(changes));
        var fault = assertThrows(TokenizerException.class, () -> Tokenizer.load(file));
        assertTrue(fault.getMessage().contains(named) && fault.getMessage().contains("tokenizer.json"), fault.getMessage());
    }

    /**
     * Classes of characters mean to Java's expressions what they mean to Oniguruma: every character of the Basic Multilingual Plane is cut
     * out, or not, alike. Both know characters of different years, so that those which some library may not know yet are left out.
     */
    @ParameterizedTest
    @ValueSource(strings = {"\\w", "\\W", "\\d", "\\s", "\\S", "\\h", "\\p{L}", "\\P{L}", "\\p{^Lu}", "\\p{Ll}", "\\p{Lt}", "\\p{Lm}",
        "\\p{Lo}", "\\p{M}", "\\p{N}", "\\p{Nd}", "\\p{P}", "\\p{S}", "\\p{Z}", "\\p{C}",
        "\\p{Han}", "\\p{Hiragana}", "\\p{Latin}", "[[:punct:]]", "[[:alpha:]]", "[[:alnum:]]", "[[:space:]]", "[[:upper:]]", "[[:lower:]]",
        "[[:blank:]]", "[[:cntrl:]]", "[[:^digit:]]", "[[:word:]]",
        "\\p{Punct}", "\\p{Alpha}", "[^\\s\\p{L}\\p{N}]", "[\\w&&[^\\d_]]", "[\\W\\d]", "[^\\W\\d]", ".", "(?m:.)", "\\v", "[\\v\\b]",
        "(?i:[k])", "(?i:s)", "\\u00e9", "\\x{e9}", "\\x41", "[a-c--z]"})
    void classesHoldTheSameCharacters(String expression) throws Exception {
        var regex = JSON.writeValueAsString(expression);
        var file = write("characters", "{\"model.byte_fallback\":true,\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":" + regex
                + "},\"behavior\":\"Removed\",\"invert\":false}}");
        var ours = Tokenizer.load(file);
        try (var theirs = library(file, false)) {
            var different = new StringBuilder();
            for (int row = 0; row < 0x10000; row += 512) {
                var text = text(row, row + 512);
                if (Arrays.equals(ids(theirs, text), ours.encode(text))) continue;
                for (int c = row; c < row + 512; c++) {
                    if (!Arrays.equals(ids(theirs, text(c, c + 1)), ours.encode(text(c, c + 1))))
                        different.append(String.format(Locale.ROOT, " %04x", c));
                }
            }
            assertEquals("", different.toString());
        }
    }

    private static String text(int from, int to) {
        var text = new StringBuilder();
        for (int c = from; c < to; c++) {
            if (Character.isDefined(c) && (c < 0xd800 || c > 0xdfff)) text.appendCodePoint(c);
        }
        return text.toString();
    }

    @Test
    void anExpressionThatGoesWildEndsInAnError() throws Exception {
        for (var regex : new String[] {".*.*.*.*b", "(?:.|a)*b"}) {
            var tokenizer = Tokenizer.load(write("bytes",
                    "{\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" + regex
                            + "\"},\"behavior\":\"Isolated\",\"invert\":false}," + expanded("BYTES") + "]}}"));
            assertThrows(TokenizerException.class, () -> tokenizer.encode(("x".repeat(100) + "z" + "a".repeat(20_000)) + "c"), regex);
        }
    }

    /** Every place lies in the text, and the places in order cover all of it that the steps keep. */
    @Test
    void offsetsStayInTheTextWhateverTheStepsDo() throws Exception {
        var random = new SplittableRandom(8);
        for (var changes : new String[] {"{'normalizer': SPACES, 'model.byte_fallback': false, 'model.unk_token': null}",
            "{'normalizer': SPACES, 'model.fuse_unk': true}",
            "{'normalizer': {'type':'NFKD'}, 'pre_tokenizer': {'type':'Metaspace','prepend_scheme':'first','split':true}}"}) {
            var tokenizer = Tokenizer.load(write("characters", expanded(changes)));
            for (int i = 0; i < 500; i++) {
                var text = MixedLines.line(random);
                var encoding = tokenizer.encodeWithOffsets(text, true);
                var last = 0;
                for (int k = 0; k < encoding.ids().length; k++) {
                    int start = encoding.starts()[k], end = encoding.ends()[k];
                    assertTrue(0 <= start && start <= end && end <= text.length() && start >= last,
                            () -> JSON.valueToTree(text).toString());
                    last = start;
                }
            }
        }
    }
}
