package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * A vocabulary of SentencePiece's BPE kind, as those of Llama 2 and Mistral, which has scores where {@code tokenizer.json} has
 * merges. Of all neighbours that together are a piece, those merge first whose piece has the highest score (Kudo and Richardson
 * 2018, arXiv:1808.06226); so each way to part a piece in two is a merge, and the merges stand in the order of the scores.
 *
 * <pre>{@code
 * var pieces = new SentencePieces(List.of(new Piece("<unk>", 0, Kind.UNKNOWN), new Piece("\u2581", 0, Kind.NORMAL)), true, false);
 * ObjectNode json = pieces.tokenizerJson(Optional.empty(), Optional.empty());
 * }</pre>
 *
 * @param pieces by id
 * @param addDummyPrefix whether a space goes before each text
 * @param removeExtraWhitespaces whether spaces at the ends go, and several become one
 */
public record SentencePieces(List<Piece> pieces, boolean addDummyPrefix, boolean removeExtraWhitespaces) {

    private static final int LONGEST = 1000;
    private static final String MARK = PipelineReader.SPACE_MARK;

    /** What a piece is for, in the order of SentencePiece's numbers from 1 on. */
    public enum Kind {
        NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE;

        /**
         * {@return the kind that a number of the file stands for, from 1; empty if there is no such number}
         *
         * @param number as in the file
         */
        public static Optional<Kind> of(long number) {
            return number < 1 || number > values().length ? Optional.empty() : Optional.of(values()[(int) number - 1]);
        }
    }

    /** One piece; spaces in it are U+2581. */
    public record Piece(String text, float score, Kind kind) {}

    /** @throws IllegalArgumentException naming a piece that cannot be */
    public SentencePieces {
        pieces = List.copyOf(pieces);
        var known = new HashSet<String>();
        for (var piece : pieces) {
            if (piece.text.length() > LONGEST) throw new IllegalArgumentException("a piece of " + piece.text.length() + " characters");
            if (piece.text.isEmpty() || !known.add(piece.text))
                throw new IllegalArgumentException("the piece \"" + piece.text + "\" is empty or there twice");
            if (Float.isNaN(piece.score)) throw new IllegalArgumentException("the piece \"" + piece.text + "\" has no score");
            if (piece.kind == Kind.BYTE && !Vocabulary.Characters.isByte(piece.text))
                throw new IllegalArgumentException("the byte \"" + piece.text + "\"");
        }
    }

    /**
     * The same as a {@code tokenizer.json}.
     *
     * @param bos the piece that a text for a model begins with, if one
     * @param eos the piece that it ends with
     */
    public ObjectNode tokenizerJson(Optional<String> bos, Optional<String> eos) {
        var json = new ObjectMapper().createObjectNode().put("version", "1.0").putNull("truncation").putNull("padding");
        var added = json.putArray("added_tokens");
        var idOf = new HashMap<String, Integer>();
        for (int id = 0; id < pieces.size(); id++) {
            var piece = pieces.get(id);
            idOf.put(piece.text, id);
            if (piece.kind != Kind.UNKNOWN && piece.kind != Kind.CONTROL && piece.kind != Kind.USER_DEFINED) continue;
            added.addObject().put("id", id).put("content", piece.text).put("single_word", false).put("lstrip", false).put("rstrip", false)
                    .put("normalized", false)
                    .put("special", piece.kind != Kind.USER_DEFINED);
        }
        normalizer(json.putObject("normalizer").put("type", "Sequence").putArray("normalizers"));
        json.putNull("pre_tokenizer");
        template(json, bos, eos, idOf);
        decoder(json.putObject("decoder").put("type", "Sequence").putArray("decoders"));
        model(json.putObject("model"), idOf);
        return json;
    }

    private void normalizer(ArrayNode steps) {
        if (removeExtraWhitespaces) {
            replace(steps.addObject(), "Regex", "\\A +| +\\z", "");
            replace(steps.addObject(), "Regex", " {2,}", " ");
        }
        if (addDummyPrefix) steps.addObject().put("type", "Prepend").put("prepend", MARK);
        replace(steps.addObject(), "String", " ", MARK);
    }

    private void decoder(ArrayNode steps) {
        replace(steps.addObject(), "String", MARK, " ");
        steps.addObject().put("type", "ByteFallback");
        steps.addObject().put("type", "Fuse");
        if (addDummyPrefix) steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }

    private static void replace(ObjectNode step, String kind, String from, String to) {
        step.put("type", "Replace").putObject("pattern").put(kind, from);
        step.put("content", to);
    }

    private static void template(ObjectNode json, Optional<String> bos, Optional<String> eos, HashMap<String, Integer> idOf) {
        if (bos.isEmpty() && eos.isEmpty()) {
            json.putNull("post_processor");
            return;
        }
        var post = json.putObject("post_processor").put("type", "TemplateProcessing");
        for (var name : new String[] {"single", "pair"}) {
            var steps = post.putArray(name);
            for (var text : name.equals("single") ? new String[] {"A"} : new String[] {"A", "B"}) {
                var type = text.equals("A") ? 0 : 1;
                bos.ifPresent(t -> steps.addObject().putObject("SpecialToken").put("id", t).put("type_id", type));
                steps.addObject().putObject("Sequence").put("id", text).put("type_id", type);
                eos.ifPresent(t -> steps.addObject().putObject("SpecialToken").put("id", t).put("type_id", type));
            }
        }
        var special = post.putObject("special_tokens");
        for (var token : List.of(bos, eos)) {
            token.ifPresent(t -> {
                var named = special.putObject(t).put("id", t);
                named.putArray("ids").add(idOf.get(t));
                named.putArray("tokens").add(t);
            });
        }
    }

    private void model(ObjectNode model, HashMap<String, Integer> idOf) {
        var unknown = pieces.stream().filter(p -> p.kind == Kind.UNKNOWN).findFirst();
        model.put("type", "BPE").putNull("dropout");
        if (unknown.isPresent()) model.put("unk_token", unknown.get().text);
        else model.putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix").put("fuse_unk", true)
                .put("byte_fallback", pieces.stream().anyMatch(p -> p.kind == Kind.BYTE)).put("ignore_merges", false);
        var vocab = model.putObject("vocab");
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).kind != Kind.UNUSED) vocab.put(pieces.get(id).text, id);
        }
        var merges = model.putArray("merges");
        for (var merge : merges(idOf)) merges.addArray().add(merge.left).add(merge.right);
    }

    private record Parting(String left, String right, float score, int leftId, int rightId) {}

    /** Only pieces of text part and merge: no special token is ever made of text. */
    private List<Parting> merges(HashMap<String, Integer> idOf) {
        var merges = new ArrayList<Parting>();
        for (var piece : pieces) {
            if (!isText(piece)) continue;
            for (int at = 1; at < piece.text.length(); at++) {
                String left = piece.text.substring(0, at), right = piece.text.substring(at);
                Integer leftId = idOf.get(left), rightId = idOf.get(right);
                if (leftId == null || rightId == null || !isText(pieces.get(leftId)) || !isText(pieces.get(rightId))) continue;
                merges.add(new Parting(left, right, piece.score, leftId, rightId));
            }
        }
        merges.sort(
                Comparator.comparingDouble((Parting m) -> -m.score).thenComparingInt(Parting::leftId).thenComparingInt(Parting::rightId));
        return merges;
    }

    private static boolean isText(Piece piece) {
        return piece.kind == Kind.NORMAL || piece.kind == Kind.USER_DEFINED;
    }
}
