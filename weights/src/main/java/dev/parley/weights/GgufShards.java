package dev.parley.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A model in several GGUF files, {@code name-00001-of-00003.gguf} and so on: the first has the settings, each has tensors of its own
 * and says which of how many it is.
 */
final class GgufShards {

    private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
    private static final String COUNT = "split.count", NUMBER = "split.no", TENSORS = "split.tensors.count";

    private GgufShards() {}

    /**
     * Opens the files that belong to one.
     *
     * @return all after the first; none where it is whole by itself
     * @throws WeightFileException if it is not the first, or one is missing, of another model or incomplete
     */
    static List<Gguf> others(Gguf first) throws IOException {
        var count = whole(first, COUNT, 1);
        if (count == 1) return List.of();
        var name = NAME.matcher(first.file().getFileName().toString());
        if (!name.matches() || Integer.parseInt(name.group(3)) != count) {
            throw new WeightFileException(first.file(), "it is one of " + count + " files by its " + COUNT
                    + ", and its name does not end in -00001-of-" + String.format(Locale.ROOT, "%05d", count) + ".gguf");
        }
        if (whole(first, NUMBER, 0) != 0 || !name.group(2).equals("00001")) {
            throw new WeightFileException(first.file(), "it is not the first of its " + count + " files; name "
                    + sibling(first.file(), name.group(1), 1, count).getFileName());
        }
        var others = new ArrayList<Gguf>();
        try {
            for (long i = 2; i <= count; i++) others.add(open(sibling(first.file(), name.group(1), i, count), i, count));
            requireAll(first, others);
            return others;
        } catch (IOException | RuntimeException e) {
            others.forEach(Gguf::close);
            throw e;
        }
    }

    private static Path sibling(Path first, String name, long number, long count) {
        return first.resolveSibling(String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", name, number, count));
    }

    private static Gguf open(Path file, long number, long count) throws IOException {
        if (!Files.isRegularFile(file)) throw new WeightFileException(file, "the file is missing; the model is in " + count + " files");
        var shard = Gguf.openAlone(file);
        if (whole(shard, NUMBER, -1) == number - 1 && whole(shard, COUNT, -1) == count) return shard;
        var said = shard.metadata().get(NUMBER) + " of " + shard.metadata().get(COUNT);
        shard.close();
        throw new WeightFileException(file, "it says that it is file " + said + ", counted from 0, where its name says "
                + (number - 1) + " of " + count);
    }

    private static void requireAll(Gguf first, List<Gguf> others) {
        var found = first.tensors().size();
        for (var shard : others) {
            for (var name : shard.tensors().keySet()) {
                if (first.tensors().containsKey(name) || others.stream().anyMatch(o -> o != shard && o.tensors().containsKey(name)))
                    throw new WeightFileException(shard.file(), "tensor \"" + name + "\" is in another of the model's files too");
            }
            found += shard.tensors().size();
        }
        var said = whole(first, TENSORS, found);
        if (said != found) throw new WeightFileException(first.file(), TENSORS + " is " + said + ", and the files have " + found);
    }

    /** A small whole number, if it is one. */
    private static long whole(Gguf gguf, String key, long byDefault) {
        var value = gguf.metadata().get(key);
        if (value == null) return byDefault;
        if (value instanceof Long n && n >= (key.equals(COUNT) ? 1 : 0) && n <= 99_999) return n;
        throw new WeightFileException(gguf.file(), key + " is " + value);
    }
}
