package dev.parley.data.inspect;

import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.AddedToken;
import dev.parley.tokenizer.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A token as people see it.
 *
 * @param text what it adds to the text; of a special token its name; of a part of a character its bytes, as in {@code ‹e4 bd›}
 * @param target whether it is predicted
 * @param special whether it stands for no text
 * @param document number of the document in the row that it belongs to, from 0
 */
public record TokenPiece(int id, String text, boolean target, boolean special, int document) {

    /** The tokens of a row. */
    public static List<TokenPiece> of(Tokenizer tokenizer, TrainingRow row) {
        var special = tokenizer.tokensWithoutText().map(AddedToken::id).collect(Collectors.toSet());
        var pieces = new ArrayList<TokenPiece>();
        for (int i = 0; i < row.length(); i++) {
            var id = row.inputIds()[i];
            var document = row.isPacked() ? row.segments()[i] : 0;
            var begins = i == 0 || row.isPacked() && document != row.segments()[i - 1];
            var isSpecial = special.contains(id);
            var text = id < 0 || id >= tokenizer.vocabSize() ? "‹no token " + id + "›"
                    : isSpecial ? tokenizer.token(id) : text(tokenizer.textBytes(id, begins));
            pieces.add(new TokenPiece(id, text, !begins && row.labels()[i] != TrainingRow.IGNORED, isSpecial, document));
        }
        return pieces;
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return "‹" + HexFormat.ofDelimiter(" ").formatHex(bytes) + "›";
        }
    }
}
