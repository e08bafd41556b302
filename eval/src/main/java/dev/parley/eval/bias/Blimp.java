package dev.parley.eval.bias;

import dev.parley.eval.harness.DocumentFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * BLiMP (Warstadt et al. 2020, arXiv:1912.00582): of two sentences of which one is grammatical, which is likelier? It measures grammar and
 * no bias; beside the others it says whether a model knows the language well enough for their figures to mean something.
 */
public record Blimp(List<Pair> pairs) implements BiasSuite {

    /**
     * A pair.
     *
     * @param paradigm the UID
     */
    public record Pair(String good, String bad, String paradigm) {}

    /** Reads a file of a paradigm, or a folder of them. */
    public static Blimp read(Path path) {
        var pairs = new ArrayList<Pair>();
        try (var files = Files.walk(path, 1)) {
            for (var file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
                for (var row : DocumentFiles.read(file)) {
                    pairs.add(new Pair(CrowsPairs.field(row, "sentence_good", file), CrowsPairs.field(row, "sentence_bad", file),
                            CrowsPairs.field(row, "UID", file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read: " + e.getMessage() + ".", e);
        }
        if (pairs.isEmpty()) throw new IllegalArgumentException(path + " has no files of pairs, *.jsonl.");
        return new Blimp(pairs);
    }

    @Override
    public String name() {
        return "blimp";
    }

    @Override
    public String method() {
        return "acc is the part of pairs with ln p(grammatical sentence) > ln p(ungrammatical sentence) (Warstadt et al. 2020)";
    }

    @Override
    public List<Text> texts() {
        return pairs.stream().flatMap(p -> List.of(new Text("", p.good), new Text("", p.bad)).stream()).toList();
    }

    @Override
    public List<BiasFigure> figures(List<TextScore> scores) {
        var right = new Groups<Double>();
        for (int i = 0; i < pairs.size(); i++)
            right.add(scores.get(2 * i).sum() > scores.get(2 * i + 1).sum() ? 1.0 : 0.0, pairs.get(i).paradigm);
        return right.means("acc", 1, r -> r);
    }
}
