package dev.parley.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Which files of a model are wanted: those it is made of, in one form of its weights; its tokenizer's; or one by name. */
sealed interface NeededFiles {

    /** A model to run. */
    record Model() implements NeededFiles {}

    /** A tokenizer alone. */
    record TokenizerOnly() implements NeededFiles {}

    /** One file. */
    record One(String name) implements NeededFiles {
        public One {
            RemoteFile.requireSafe(name);
        }
    }

    /** With those of sentence-transformers, which say how an embedding model makes its vectors. */
    List<String> SETTINGS = List.of("config.json", "generation_config.json", "1_Pooling/config.json", "config_sentence_transformers.json");
    List<String> TOKENIZER = List.of("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja",
            "chat_template.json");
    /** Forms of weights, the one that loads best first. */
    List<String> WEIGHTS = List.of("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
            "tf_model.h5");

    long LARGEST_INDEX = 100_000_000;

    /**
     * The files to fetch, apart from the shards that an index names.
     *
     * @throws HubException NO_FILE if a file that it cannot do without is not there
     */
    default Set<String> of(HubModel model, List<String> listed) {
        var there = Set.copyOf(listed);
        var needed = new LinkedHashSet<String>();
        switch (this) {
            case One(var name) -> {
                if (!there.contains(name)) throw new HubException(Reason.NO_FILE, model + " has no file " + name + "." + hint(listed));
                needed.add(name);
            }
            case TokenizerOnly() -> {
                if (!there.contains("tokenizer.json") && !(there.contains("vocab.json") && there.contains("merges.txt"))) {
                    throw new HubException(Reason.NO_FILE, model
                            + " has no tokenizer that Parley reads: neither tokenizer.json nor vocab.json with merges.txt." + hint(listed));
                }
                addSettings(needed, there);
            }
            case Model() -> {
                if (!there.contains("config.json"))
                    throw new HubException(Reason.NO_FILE, model + " has no config.json, so that Parley cannot load it." + hint(listed));
                addSettings(needed, there);
                needed.add(weights(there::contains).orElseThrow(() -> new HubException(Reason.NO_FILE,
                        model + " holds no weights that Parley reads: none of " + String.join(", ", WEIGHTS) + "." + hint(listed))));
            }
        }
        return needed;
    }

    private static void addSettings(Set<String> needed, Set<String> there) {
        SETTINGS.stream().filter(there::contains).forEach(needed::add);
        TOKENIZER.stream().filter(there::contains).forEach(needed::add);
        if (there.contains("tokenizer.json")) needed.add("tokenizer.json");
        else List.of("vocab.json", "merges.txt").stream().filter(there::contains).forEach(needed::add);
    }

    private static Optional<String> weights(Predicate<String> there) {
        return WEIGHTS.stream().filter(there).findFirst();
    }

    private static String hint(List<String> listed) {
        var files = listed.stream().filter(f -> f.endsWith(".gguf") && RemoteFile.isSafe(f)).limit(4).toList();
        return files.isEmpty() ? "" : " It has " + String.join(", ", files) + ": pull one by --file.";
    }

    /** The shards that an index of weights names. @throws HubException DAMAGED if it names what is no file of its folder */
    static Set<String> shards(Path index) throws IOException {
        if (Files.size(index) > LARGEST_INDEX)
            throw new HubException(Reason.DAMAGED, index.getFileName() + " is larger than an index can be (100 MB).");
        var map = new ObjectMapper().readTree(Files.readAllBytes(index)).path("weight_map");
        var shards = new LinkedHashSet<String>();
        for (var shard : map) shards.add(shard.asText());
        if (shards.isEmpty()) throw new HubException(Reason.DAMAGED, index.getFileName() + " names no files of weights.");
        for (var shard : shards) {
            if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}") || shard.endsWith(".json")) {
                throw new HubException(Reason.DAMAGED,
                        index.getFileName() + " names \"" + shard.replaceAll("\\p{C}", "?") + "\", which is no file of weights.");
            }
        }
        return shards;
    }

    /** Whether all that cannot be done without lies in a folder. */
    default boolean areIn(Path folder) {
        return switch (this) {
            case One(var name) -> has(folder, name);
            case TokenizerOnly() -> has(folder, "tokenizer.json") || has(folder, "vocab.json") && has(folder, "merges.txt");
            case Model() ->
                has(folder, "config.json") && weights(name -> has(folder, name)).filter(name -> isWhole(folder, name)).isPresent();
        };
    }

    private static boolean isWhole(Path folder, String weights) {
        try {
            return !weights.endsWith(".index.json") || shards(folder.resolve(weights)).stream().allMatch(shard -> has(folder, shard));
        } catch (IOException | HubException e) {
            return false;
        }
    }

    private static boolean has(Path folder, String name) {
        return Files.isRegularFile(folder.resolve(name)); // follows the link: its blob must be there
    }
}
