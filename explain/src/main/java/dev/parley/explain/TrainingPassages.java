package dev.parley.explain;

import dev.parley.data.TextFiles;
import dev.parley.data.TrainingData;
import dev.parley.data.TrainingData.Kind;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatFiles;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The texts that a model was trained on, in passages as the model read them.
 *
 * <pre>{@code
 * var passages = TrainingPassages.of(modelFolder, tokenizer);
 * }</pre>
 *
 * @param passages in the order of the files
 */
public record TrainingPassages(List<Passage> passages) {

    /** Tokens of a passage at most: a mean over more says little. */
    private static final int LONGEST = 128;

    /**
     * A passage.
     *
     * @param source the file it comes from
     * @param document its number in the files of a run, from 1
     */
    public record Passage(Path source, int document, int[] ids) {}

    public TrainingPassages {
        passages = List.copyOf(passages);
    }

    /**
     * What a model's folder names, and then what the model that the run began from names.
     *
     * @throws IllegalArgumentException if the folder names no data, or a file is gone
     */
    public static TrainingPassages of(Path modelFolder, Tokenizer tokenizer) throws IOException {
        var all = new ArrayList<Passage>();
        var seen = new HashSet<Path>();
        var folder = modelFolder;
        while (seen.add(folder.toAbsolutePath())) {
            var data = TrainingData.read(folder);
            if (data.isEmpty()) break;
            for (var file : data.get().files()) {
                if (Files.notExists(file)) throw new IllegalArgumentException(
                        folder.resolve(TrainingData.FILE) + " names " + file + ", which is not there; name the data with --training-data.");
            }
            all.addAll(read(data.get(), tokenizer));
            if (data.get().base().isEmpty()) break;
            folder = data.get().base().get();
        }
        if (all.isEmpty()) throw new IllegalArgumentException(modelFolder + " does not say what it was trained on (there is no "
                + TrainingData.FILE + "); name the data with --training-data.");
        return new TrainingPassages(all);
    }

    /**
     * Bytes of the files that a model's folder names, and the model that the run began from; empty if it names none, or one is gone.
     *
     * @throws IllegalArgumentException if a file that names them is none of ours
     */
    public static OptionalLong bytes(Path modelFolder) throws IOException {
        var bytes = 0L;
        var seen = new HashSet<Path>();
        var folder = Optional.of(modelFolder);
        while (folder.isPresent() && seen.add(folder.get().toAbsolutePath())) {
            var data = TrainingData.read(folder.get());
            if (data.isEmpty()) break;
            for (var file : data.get().files()) {
                if (Files.notExists(file)) return OptionalLong.empty();
                bytes += size(file);
            }
            folder = data.get().base();
        }
        return bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
    }

    private static long size(Path fileOrFolder) throws IOException {
        try (var files = Files.walk(fileOrFolder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** Whether a model's folder names its data. */
    public static boolean areNamedIn(Path modelFolder) {
        return Files.isRegularFile(modelFolder.resolve(TrainingData.FILE));
    }

    /** The passages of files: conversations where a {@code .jsonl} holds messages, else texts. */
    public static TrainingPassages ofFiles(List<Path> files, Tokenizer tokenizer) throws IOException {
        var all = new ArrayList<Passage>();
        for (var file : files) {
            var kind = holdsMessages(file) ? Kind.CHATS : Kind.TEXTS;
            all.addAll(read(new TrainingData(kind, List.of(file), Optional.empty()), tokenizer));
        }
        return new TrainingPassages(all);
    }

    private static boolean holdsMessages(Path file) throws IOException {
        if (!file.toString().endsWith(".jsonl") || !Files.isRegularFile(file)) return false;
        try (var lines = Files.newBufferedReader(file)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) return line.contains("\"messages\"");
            }
            return false;
        }
    }

    private static List<Passage> read(TrainingData data, Tokenizer tokenizer) throws IOException {
        var passages = new ArrayList<Passage>();
        for (var file : data.files()) {
            var document = 0;
            for (var ids : documents(data.kind(), file, tokenizer)) {
                document++;
                for (int from = 0; from < ids.length; from += LONGEST) {
                    passages.add(new Passage(file, document, Arrays.copyOfRange(ids, from, Math.min(ids.length, from + LONGEST))));
                }
            }
        }
        return passages;
    }

    private static List<int[]> documents(Kind kind, Path file, Tokenizer tokenizer) throws IOException {
        return switch (kind) {
            case TEXTS -> TextFiles.documents(List.of(file)).stream().map(tokenizer::encode).toList();
            case ROWS -> TextFiles.documents(List.of(file)).stream().map(tokenizer::encodeWithSpecialTokens).toList();
            case CHATS -> ChatFiles.chats(List.of(file)).stream().map(chat -> ids(chat, tokenizer)).toList();
        };
    }

    private static int[] ids(Chat chat, Tokenizer tokenizer) {
        var template = tokenizer.chatTemplate().orElseThrow(
                () -> new IllegalArgumentException("The model has no chat template, and its training data are conversations."));
        return template.ids(tokenizer, ChatTemplateInput.of(chat.messages()).withVariables(chat.variables()));
    }

    /**
     * The passages that share most with a text, a token counting for more the rarer it is among the passages.
     *
     * @param most passages to keep
     */
    List<Passage> sharingMost(int[] ids, int most) {
        if (passages.size() <= most) return passages;
        var wanted = new HashSet<Integer>();
        for (var id : ids) wanted.add(id);
        var holders = new HashMap<Integer, Integer>();
        for (var passage : passages) shared(passage, wanted).forEach(id -> holders.merge(id, 1, Integer::sum));
        var scores = new double[passages.size()];
        for (int i = 0; i < scores.length; i++) {
            for (var id : shared(passages.get(i), wanted)) scores[i] += Math.log((double) passages.size() / holders.get(id));
        }
        return IntStream.range(0, scores.length).boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i])).limit(most).map(passages::get).toList();
    }

    private static Set<Integer> shared(Passage passage, Set<Integer> wanted) {
        var shared = new HashSet<Integer>();
        for (var id : passage.ids) {
            if (wanted.contains(id)) shared.add(id);
        }
        return shared;
    }
}
