package dev.parley.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Which files of a model are wanted: those it is made of, in one form of its weights; its tokenizer's; or one by name. */
sealed interface NeededFiles {

    /** A model to run. @param quantization of the GGUF file that is asked for; none for the form that loads best */
    record Model(Optional<String> quantization) implements NeededFiles {}

    /** A tokenizer alone. */
    record TokenizerOnly() implements NeededFiles {}

    /** One file. */
    record One(String name) implements NeededFiles {
        public One {
            RemoteFile.requireSafe(name);
        }
    }

    /** With those of sentence-transformers, which say how an embedding model makes its vectors, and a reranker its scores. */
    List<String> SETTINGS = List.of("config.json", "generation_config.json", "modules.json", "1_Pooling/config.json",
            "1_LogitScore/config.json",
            "config_sentence_transformers.json");
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
            case Model(var quantization) when quantization.isPresent() || isGguf(there::contains, listed) -> {
                var files = GgufFiles.choose(listed, quantization);
                if (files.isEmpty()) throw new HubException(Reason.NO_FILE, model + " has no such GGUF file." + quantizations(listed));
                for (var file : files) {
                    if (!there.contains(file)) throw new HubException(Reason.DAMAGED, model + " lacks " + file + ", a part of its file.");
                }
                needed.addAll(files);
            }
            case Model _ -> {
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

    /** Whether a model has GGUF files and no form that is preferred to them. */
    private static boolean isGguf(Predicate<String> there, Collection<String> listed) {
        return !(there.test("config.json") && weights(there).isPresent()) && !GgufFiles.choose(listed, Optional.empty()).isEmpty();
    }

    private static String quantizations(List<String> listed) {
        var all = GgufFiles.quantizations(listed);
        return all.isEmpty() ? " It has none." : " It has " + String.join(", ", all) + ".";
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
            case Model(var quantization) -> quantization.isEmpty() && has(folder, "config.json")
                    && weights(name -> has(folder, name)).filter(name -> isWhole(folder, name)).isPresent() || gguf(folder).isPresent();
        };
    }

    /** Of a model that is run from a GGUF file, that file, or the first of its pieces. */
    default Optional<Path> gguf(Path folder) {
        if (!(this instanceof Model(var quantization)) || !Files.isDirectory(folder)) return Optional.empty();
        try (var walk = Files.walk(folder)) {
            var files = walk.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString().replace('\\', '/')).toList();
            if (quantization.isEmpty() && !isGguf(files::contains, files)) return Optional.empty();
            var chosen = GgufFiles.choose(files, quantization);
            return chosen.isEmpty() || !files.containsAll(chosen) ? Optional.empty() : Optional.of(folder.resolve(chosen.getFirst()));
        } catch (IOException e) {
            return Optional.empty();
        }
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
