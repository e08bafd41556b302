package dev.parley.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Turns text into token ids and back, by byte-level BPE: every text has ids, and every sequence of bytes survives.
 *
 * <pre>{@code
 * var tokenizer = Tokenizer.fromPretrained("gpt2");
 * int[] ids = tokenizer.encode("Hello world");      // 15496, 995
 * String text = tokenizer.decode(ids);
 * }</pre>
 *
 * Immutable; threads may share it.
 */
public final class Tokenizer {

    private final byte[][] tokens; // by id; null where there is a hole
    private final Map<String, Integer> idOf = new HashMap<>(); // by content as the file writes it; added tokens by their text
    private final List<Merge> merges;
    private final PreTokenizer preTokenizer;
    private final Map<Integer, AddedToken> added = new HashMap<>();
    private final TextEncoder encoder;
    private final TokenizerSettings settings;
    private final Vocabulary vocabulary;

    /** Two tokens that merge, by the ids of the parts and of the whole; the earlier in the list merges first. */
    record Merge(int left, int right, int merged) {}

    Tokenizer(byte[][] tokens, List<Merge> merges, PreTokenizer preTokenizer, Collection<AddedToken> addedTokens,
            TokenizerSettings settings) {
        this(tokens, merges, preTokenizer, addedTokens, settings, Vocabulary.BYTE_LEVEL);
    }

    Tokenizer(byte[][] tokens, List<Merge> merges, PreTokenizer preTokenizer, Collection<AddedToken> addedTokens,
            TokenizerSettings settings,
            Vocabulary vocabulary) {
        this.merges = List.copyOf(merges);
        this.preTokenizer = preTokenizer;
        this.settings = settings;
        this.vocabulary = vocabulary;
        var size = addedTokens.stream().mapToInt(t -> t.id() + 1).reduce(tokens.length, Math::max);
        this.tokens = Arrays.copyOf(tokens, size);
        for (var token : addedTokens) added.put(token.id(), token); // which are written as they are
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] != null) idOf.putIfAbsent(written(id), id);
        }
        var idOfByte = new int[256];
        for (int b = 0; b < 256; b++) idOfByte[b] = idOf.getOrDefault(String.valueOf(ByteLevelAlphabet.characterOf(b)), -1);
        for (var token : addedTokens) {
            idOf.put(token.content(), token.id());
            this.tokens[token.id()] = vocabulary.decoder().isByteLevel() ? token.content().getBytes(StandardCharsets.UTF_8)
                    : vocabulary.decoder().bytes(token.content(), false);
        }
        var table = new MergeTable(merges.size());
        for (int rank = 0; rank < merges.size(); rank++)
            table.put(merges.get(rank).left(), merges.get(rank).right(), rank, merges.get(rank).merged());
        Bpe.Beginning beginning = vocabulary.characters().isEmpty() ? Vocabulary.bytes(idOfByte, vocabulary.unknown())
                : (text, from, to, ids) -> vocabulary.characters().get().begin(text, from, to, ids, vocabulary.unknown());
        encoder = new TextEncoder(vocabulary, preTokenizer, idOf, added, new Bpe(table, beginning),
                new OffsetFinder(tokens, idOfByte, vocabulary));
    }

    /** A token as tokenizer.json writes it. */
    String written(int id) {
        if (added.containsKey(id)) return added.get(id).content();
        return vocabulary.characters().isPresent() ? vocabulary.characters().get().written()[id] : ByteLevelAlphabet.write(tokens[id]);
    }

    /**
     * The tokenizer of a name or of a model folder. {@code "gpt2"} works without network, from the ranks that jtokkit ships; any other
     * name is a folder with tokenizer.json, vocab.json and merges.txt, or tokenizer.model, or such a file.
     *
     * @throws TokenizerException naming what was looked for and where
     */
    public static Tokenizer fromPretrained(String nameOrFolder) {
        var path = Path.of(nameOrFolder);
        if (Files.exists(path)) return load(path);
        if (nameOrFolder.equals("gpt2")) return PublishedRanks.gpt2();
        throw new TokenizerException("There is no tokenizer " + nameOrFolder + ": it is neither gpt2 nor a folder or file at "
                + path.toAbsolutePath() + ".");
    }

    /** Whether a folder holds a tokenizer, in any of the files that are read. */
    public static boolean isIn(Path folder) {
        return TokenizerFiles.areIn(folder);
    }

    /** Loads a folder, or a tokenizer.json. */
    public static Tokenizer load(Path folderOrFile) {
        return TokenizerFiles.load(folderOrFile);
    }

    /** Writes tokenizer.json, tokenizer_config.json and, if there is one, chat_template.jinja. */
    public void save(Path folder) throws IOException {
        TokenizerFiles.save(this, folder);
    }

    /** The same tokenizer with a chat template and an end-of-turn token that also ends generation. */
    public Tokenizer withChatTemplate(ChatTemplate template, String eosToken) {
        return new Tokenizer(tokens, merges, preTokenizer, added.values(), settings.withEos(eosToken).withTemplate(Optional.of(template)),
                vocabulary);
    }

    /**
     * The same tokenizer with more special tokens, whose ids follow the last; those that it has already stay as they are. A model needs a row
     * of its tables for each.
     *
     * @throws TokenizerException if one is empty
     */
    public Tokenizer withAddedTokens(List<String> contents) {
        var all = new ArrayList<>(added.values());
        var next = vocabSize();
        for (var content : new LinkedHashSet<>(contents)) {
            if (content.isEmpty()) throw new TokenizerException("A token to be added has no text.");
            if (!idOf.containsKey(content)) all.add(AddedToken.special(next++, content));
        }
        return new Tokenizer(tokens, merges, preTokenizer, all, settings, vocabulary);
    }

    // ---- text to ids ----

    /** The ids of a text; what looks like a special token in it is text as any other. */
    public int[] encode(String text) {
        return encoder.encode(text);
    }

    /**
     * The ids of a text as a model reads it from its beginning, which is how it is continued, scored and made a vector of: special tokens
     * that are written in it are recognised, and those that the tokenizer puts around every text are there once, also where the text says
     * them itself.
     */
    public int[] encodeForModel(String text) {
        var ids = encodeWithSpecialTokens(text);
        int[] prefix = vocabulary.prefix(), suffix = vocabulary.suffix();
        if (ids.length >= prefix.length && Arrays.equals(prefix, Arrays.copyOf(ids, prefix.length))) prefix = new int[0];
        var all = Arrays.copyOf(prefix, prefix.length + ids.length + suffix.length);
        System.arraycopy(ids, 0, all, prefix.length, ids.length);
        System.arraycopy(suffix, 0, all, prefix.length + ids.length, suffix.length);
        return all;
    }

    /** The ids of a text; special and added tokens that are written in it are recognised. None is added. */
    public int[] encodeWithSpecialTokens(String text) {
        return encoder.encodeWithSpecialTokens(text);
    }

    /** The ids of any bytes, UTF-8 or not; {@link #decodeBytes} gives the same bytes back. */
    public int[] encodeBytes(byte[] bytes) {
        return encoder.encodeBytes(bytes);
    }

    /** The ids of a text with the place in the text of each. */
    public Encoding encodeWithOffsets(String text, boolean parseSpecialTokens) {
        var all = new BitSet();
        if (!parseSpecialTokens) all.set(0, text.length());
        return encodeWithOffsets(text, all);
    }

    /** The same, with special and added tokens recognised but where one of their chars is plain. */
    Encoding encodeWithOffsets(String text, BitSet plain) {
        return encoder.encodeWithOffsets(text, plain);
    }

    /** The ids of many texts, in their order, by several threads. */
    public List<int[]> encodeAll(List<String> texts, int threads) {
        return encoder.encodeAll(texts, threads);
    }

    // ---- ids to text ----

    /** The text of ids, special tokens shown; bytes that are no UTF-8 become U+FFFD. */
    public String decode(int[] ids) {
        return decode(ids, false);
    }

    /** The text of ids; bytes that are no UTF-8 become U+FFFD. */
    public String decode(int[] ids, boolean skipSpecialTokens) {
        return vocabulary.decoder().new Growing().add(bytes(ids, skipSpecialTokens), true);
    }

    /** The bytes of ids, special tokens written out. */
    public byte[] decodeBytes(int[] ids) {
        return bytes(ids, false);
    }

    private byte[] bytes(int[] ids, boolean skipSpecialTokens) {
        var bytes = new ByteArrayOutputStream(ids.length * 4);
        var first = true;
        for (var id : ids) {
            if (isSkipped(id, skipSpecialTokens)) continue;
            bytes.writeBytes(bytesOf(id, first));
            first = false;
        }
        return bytes.toByteArray();
    }

    /** @throws TokenizerException if there is no such token */
    boolean isSkipped(int id, boolean skipSpecialTokens) {
        if (id < 0 || id >= tokens.length || tokens[id] == null) {
            throw new TokenizerException("Token id " + id + " is not in the vocabulary of " + tokens.length + " tokens.");
        }
        var token = added.get(id);
        return skipSpecialTokens && token != null && token.special();
    }

    /** The bytes of a token. @param first whether a text begins with it */
    byte[] bytesOf(int id, boolean first) {
        var decoder = vocabulary.decoder();
        if (first) return decoder.firstIsOther() ? decoder.bytes(written(id), true) : tokens[id];
        return decoder.joinsBySpaces() ? (" " + written(id)).getBytes(StandardCharsets.UTF_8) : tokens[id];
    }

    /**
     * The bytes that a token adds to a text: none if it is special, or if the vocabulary has a hole there.
     *
     * @param first whether the text begins with it, which some tokenizers write otherwise
     */
    public byte[] textBytes(int id, boolean first) {
        return textBytes(id, first, Set.of());
    }

    /**
     * The same where some special tokens stand for their names.
     *
     * @param shown their ids
     */
    public byte[] textBytes(int id, boolean first, Set<Integer> shown) {
        if (tokens[id] == null || isSkipped(id, !shown.contains(id))) return new byte[0];
        return first ? vocabulary.decoder().withoutStart(bytesOf(id, true)) : bytesOf(id, false);
    }

    /** A decoder for ids that come one by one. */
    public StreamDecoder streamDecoder(boolean skipSpecialTokens) {
        return new StreamDecoder(this, skipSpecialTokens, Set.of());
    }

    /** A decoder that skips all special tokens but some. */
    public StreamDecoder streamDecoder(Set<Integer> shown) {
        return new StreamDecoder(this, true, shown);
    }

    // ---- what there is ----

    /** The tokens that stand for no text: begin and end of a text or a turn, and the like. */
    public Stream<AddedToken> tokensWithoutText() {
        return added.values().stream().filter(AddedToken::special);
    }

    /** Number of ids, holes counted: one more than the highest. */
    public int vocabSize() {
        return tokens.length;
    }

    /** The first id that is another token there than here; empty where all are the same. */
    public OptionalInt firstDifference(Tokenizer other) {
        return IntStream.range(0, Math.max(tokens.length, other.tokens.length))
                .filter(id -> id >= tokens.length || id >= other.tokens.length || !Arrays.equals(tokens[id], other.tokens[id])).findFirst();
    }

    /** A hash of all that decides which ids a text has: equal for the same tokenizer, whatever file it was read from. */
    public String sha256() {
        return TokenizerFiles.sha256(this);
    }

    /** The id of an added token by its text, or of any other as tokenizer.json writes it. */
    public OptionalInt idOf(String token) {
        var id = idOf.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** A token as text, for people: bytes that are no whole character show as U+FFFD. */
    public String token(int id) {
        isSkipped(id, false);
        return Utf8.text(tokens[id], tokens[id].length);
    }

    /** {@return the id of the token that begins a text, if there is one} */
    public OptionalInt bosTokenId() {
        return id(settings.bosToken());
    }

    /** {@return the id of the token that ends a text, if there is one} */
    public OptionalInt eosTokenId() {
        return id(settings.eosToken());
    }

    /** {@return the id that short rows of a batch are filled up with, if there is one} */
    public OptionalInt padTokenId() {
        return id(settings.padToken());
    }

    private OptionalInt id(Optional<String> token) {
        return token.isEmpty() ? OptionalInt.empty() : idOf(token.get());
    }

    /** The texts of the special tokens by role, as chat templates name them: bos_token, eos_token, pad_token. */
    public Map<String, String> specialTokens() {
        return settings.specialTokens();
    }

    /** {@return the template that writes conversations for the model, if the folder has one} */
    public Optional<ChatTemplate> chatTemplate() {
        return settings.chatTemplate();
    }

    byte[][] tokens() {
        return tokens;
    }

    List<Merge> merges() {
        return merges;
    }

    PreTokenizer preTokenizer() {
        return preTokenizer;
    }

    Map<Integer, AddedToken> added() {
        return added;
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    TokenizerSettings settings() {
        return settings;
    }
}
