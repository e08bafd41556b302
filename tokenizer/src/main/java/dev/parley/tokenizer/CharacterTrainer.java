package dev.parley.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Makes a tokenizer whose tokens are the characters of some texts, for small models of a small text: BPE without a merge, which
 * transformers loads as it is. A character that the texts did not have becomes {@value #UNKNOWN}.
 *
 * <pre>{@code
 * var tokenizer = new CharacterTrainer(List.of("<|endoftext|>")).train(texts.iterator());
 * int[] ids = tokenizer.encode("To be");   // five
 * }</pre>
 *
 * @param specialTokens the first ids; the first of them ends a text
 */
public record CharacterTrainer(List<String> specialTokens) {

    /** What stands for other characters. */
    public static final String UNKNOWN = "<unk>";

    public CharacterTrainer {
        specialTokens = List.copyOf(specialTokens);
    }

    /** Collects the characters of texts, which are not kept; ids are in the order of Unicode. */
    public Tokenizer train(Iterator<String> texts) {
        var characters = new TreeSet<Integer>();
        while (texts.hasNext()) texts.next().codePoints().forEach(characters::add);
        var special = new ArrayList<>(specialTokens);
        if (!special.contains(UNKNOWN)) special.add(UNKNOWN);
        var written = new ArrayList<>(special);
        for (var character : characters) written.add(Character.toString(character));
        var added = new ArrayList<AddedToken>();
        for (int id = 0; id < special.size(); id++) added.add(AddedToken.special(id, special.get(id)));
        var vocabulary = new Vocabulary(Optional.empty(), Optional.of(Vocabulary.Characters.of(written.toArray(String[]::new), false)),
                new TokenDecoder(List.of(new TokenDecoder.Fuse())), new Vocabulary.Unknown(special.indexOf(UNKNOWN), false), false,
                new int[0],
                new int[0]);
        var end = specialTokens.isEmpty() ? Optional.<String>empty() : Optional.of(specialTokens.getFirst());
        return new Tokenizer(written.stream().map(token -> token.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new), List.of(),
                new PreTokenizer.Whole(), added,
                new TokenizerSettings(end, end, Optional.empty(), Optional.of(UNKNOWN), List.of(), Optional.empty()), vocabulary);
    }
}
