package dev.parley.cli;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.hub.Hub;
import dev.parley.model.Backend;
import dev.parley.serve.models.ModelSource;
import dev.parley.serve.models.Suggestion;
import dev.parley.serve.models.SuggestionsFile;
import dev.parley.serve.sampling.DefaultSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The models that a server is to have, as they are named on the command line. */
final class ServedModels {

    private final EngineOptions engine;
    private final Output output;

    ServedModels(EngineOptions engine, Output output) {
        if (engine.engine == Backend.TORCH)
            throw new WrongUsage("A server runs models with the Java engine, which can batch continuously; leave out --engine torch.");
        engine.engine = Backend.JAVA;
        this.engine = engine;
        this.output = output;
    }

    /**
     * @param names folders, GGUF files or models of the hub, each with a name before it, {@code NAME=MODEL}, or without; what the hub
     *        has and this machine not is downloaded now
     * @param aliases other names, {@code ALIAS=NAME}
     */
    List<ModelSource> sources(List<String> names, List<String> aliases) {
        var sources = new ArrayList<ModelSource>();
        for (var name : names) sources.add(source(name, aliases));
        for (var alias : aliases) {
            if (sources.stream().noneMatch(s -> s.id().equals(target(alias))))
                throw new WrongUsage("--alias " + alias + " names no served model; write ALIAS=NAME.");
        }
        return sources;
    }

    private ModelSource source(String given, List<String> aliases) {
        var named = given.matches("[^/\\\\=]+=.+") && !Files.exists(Path.of(given));
        var place = named ? given.substring(given.indexOf('=') + 1) : given;
        var folder = Downloads.model(place, output);
        var id = named ? given.substring(0, given.indexOf('=')) : idOf(place, folder);
        var others = aliases.stream().filter(a -> target(a).equals(id)).map(a -> a.substring(0, a.indexOf('='))).toList();
        return new ModelSource(id, others, bytes(folder), 0, suggestions(folder), () -> load(id, folder));
    }

    /** A fault in them is no reason to serve no model. */
    private List<Suggestion> suggestions(Path folder) {
        try {
            return SuggestionsFile.read(folder);
        } catch (IOException | IllegalArgumentException e) {
            output.note("The page uses its own suggestions: " + e.getMessage());
            return List.of();
        }
    }

    private static String target(String alias) {
        return alias.substring(alias.indexOf('=') + 1);
    }

    /** A model of this machine is called as its folder is; one of the hub keeps its name. */
    private static String idOf(String place, Path folder) {
        if (Hub.local(place).isEmpty()) return place;
        var name = folder.toAbsolutePath().normalize().getFileName().toString();
        return name.toLowerCase(Locale.ROOT).endsWith(".gguf") ? name.substring(0, name.length() - 5) : name;
    }

    /** The weights' files are as large as what is kept in memory, or larger. */
    private static long bytes(Path folder) {
        try (var files = Files.walk(folder, 1)) {
            return files.filter(f -> f.getFileName().toString().matches(".*\\.(safetensors|bin|gguf|h5)"))
                    .mapToLong(f -> f.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** @throws IllegalStateException without the folder's place, as clients are told of it; here it is told in full */
    private ModelSource.Parts load(String id, Path folder) {
        try {
            return noted(id, load(folder));
        } catch (RuntimeException | Error e) {
            var why = e instanceof Exception problem ? Failures.sentence(problem) : e.toString();
            output.note("parley: The model " + id + " cannot be loaded: " + why);
            if (e instanceof Error error) throw error;
            throw new IllegalStateException(why.replace(folder.toAbsolutePath().normalize().toString(), id).replace(folder.toString(), id),
                    e);
        }
    }

    private ModelSource.Parts noted(String id, ModelSource.Parts parts) {
        output.note(id + " is in memory, with a context of " + parts.model().config().maxPositionEmbeddings()
                + " tokens. Where a request says nothing else: "
                + DefaultSettings.of(parts.defaults()).properties().stream().filter(d -> !d.getValue().isNull())
                        .map(d -> d.getKey() + " " + d.getValue()).collect(Collectors.joining(", "))
                + ".");
        return parts;
    }

    private ModelSource.Parts load(Path folder) {
        try {
            var reading = Background.start(() -> EngineOptions.requireTokenizer(folder));
            var model = engine.load(folder);
            try {
                var tokenizer = reading.result();
                return new ModelSource.Parts(model, tokenizer,
                        EngineOptions.withEnds(GenerationConfig.read(folder), model, Optional.of(tokenizer)), EmbeddingRules.of(folder));
            } catch (IOException | RuntimeException | Error e) {
                model.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
