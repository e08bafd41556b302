package dev.parley.cli;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.generate.reranking.RerankRules;
import dev.parley.generate.strategy.DraftModel;
import dev.parley.hub.Hub;
import dev.parley.hub.HubModel;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.serve.models.AdapterShelf;
import dev.parley.serve.models.ModelFetcher;
import dev.parley.serve.models.ModelSource;
import dev.parley.serve.models.Suggestion;
import dev.parley.serve.models.SuggestionsFile;
import dev.parley.serve.sampling.DefaultSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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

    /** As below, without adapters. */
    List<ModelSource> sources(List<String> names, List<String> aliases, List<String> drafts) {
        return sources(names, aliases, drafts, List.of(), List.of());
    }

    /**
     * @param names folders, GGUF files or models of the hub, each with a name before it, {@code NAME=MODEL}, or without; what the hub
     *        has and this machine not is downloaded now
     * @param aliases other names, {@code ALIAS=NAME}
     * @param drafts smaller models that draft for one of them, {@code NAME=MODEL}, or for the first
     * @param adapters of one of them, {@code [MODEL:]NAME=FOLDER}
     * @param adapterFolders whose sub-folders are adapters of one of them, {@code [MODEL=]FOLDER}
     */
    List<ModelSource> sources(List<String> names, List<String> aliases, List<String> drafts, List<String> adapters,
            List<String> adapterFolders) {
        var served = names.stream().map(name -> Given.of(name, output)).toList();
        var drafting = new HashMap<String, Path>();
        for (var draft : drafts) {
            var given = Given.of(draft, output);
            var target = given.name().orElse(served.getFirst().id());
            requireServed(served, target, "--draft-model " + draft + " names no served model; write NAME=MODEL.");
            if (drafting.put(target, given.folder()) != null) throw new WrongUsage("--draft-model names two models for " + target + ".");
        }
        for (var alias : aliases) requireServed(served, target(alias), "--alias " + alias + " names no served model; write ALIAS=NAME.");
        var shelves = ServedAdapters.of(adapters, adapterFolders, served.stream().map(Given::id).toList());
        return served.stream().map(one -> source(one, aliases, Optional.ofNullable(drafting.get(one.id())), shelves.of(one.id()))).toList();
    }

    /** What clients may add while the server runs: models of the hub by their names there, and no folders of this machine. */
    ModelFetcher fetcher() {
        return (name, listener) -> {
            var model = HubModel.parse(name);
            var folder = Hub.standard().pull(model, listener).path();
            output.note("A client has fetched " + model + ".");
            return source(new Given(Optional.of(model.toString()), model.toString(), folder), List.of(), Optional.empty(),
                    AdapterShelf.EMPTY);
        };
    }

    private static void requireServed(List<Given> served, String id, String otherwise) {
        if (served.stream().noneMatch(one -> one.id().equals(id))) throw new WrongUsage(otherwise);
    }

    /** A model as the command line names it. @param place a path of this machine, or a name of the hub */
    private record Given(Optional<String> name, String place, Path folder) {

        static Given of(String given, Output output) {
            var named = given.matches("[^/\\\\=]+=.+") && !Files.exists(Path.of(given));
            var place = named ? given.substring(given.indexOf('=') + 1) : given;
            return new Given(named ? Optional.of(given.substring(0, given.indexOf('='))) : Optional.empty(), place,
                    Downloads.model(place, output));
        }

        String id() {
            return name.orElseGet(() -> Downloads.idOf(place, folder));
        }
    }

    private ModelSource source(Given model, List<String> aliases, Optional<Path> draft, AdapterShelf adapters) {
        var id = model.id();
        var folder = model.folder();
        var others = aliases.stream().filter(a -> target(a).equals(id)).map(a -> a.substring(0, a.indexOf('='))).toList();
        var bytes = bytes(folder) + draft.map(ServedModels::bytes).orElse(0L);
        return new ModelSource(id, others, bytes, 0, suggestions(folder), Optional.of(folder), adapters,
                () -> load(id, folder, draft));
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

    /** The weights' files are as large as what is kept in memory, or larger. */
    private static long bytes(Path folder) {
        try (var files = Files.walk(folder, 1)) {
            return files.filter(f -> f.getFileName().toString().matches(".*\\.(safetensors|bin|gguf|h5)"))
                    .mapToLong(f -> f.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** @throws IllegalStateException without the folders' places, as clients are told of it; here it is told in full */
    private ModelSource.Parts load(String id, Path folder, Optional<Path> draft) {
        try {
            return noted(id, load(folder, draft));
        } catch (RuntimeException | Error e) {
            var why = e instanceof Exception problem ? Failures.sentence(problem) : e.toString();
            output.note("parley: The model " + id + " cannot be loaded: " + why);
            if (e instanceof Error error) throw error;
            var told = without(folder, id, why);
            throw new IllegalStateException(draft.map(d -> without(d, "its draft model", told)).orElse(told), e);
        }
    }

    private static String without(Path folder, String name, String sentence) {
        return sentence.replace(folder.toAbsolutePath().normalize().toString(), name).replace(folder.toString(), name);
    }

    private ModelSource.Parts noted(String id, ModelSource.Parts parts) {
        output.note(id + " is in memory, with a context of " + parts.model().config().maxPositionEmbeddings()
                + " tokens" + parts.draft().map(draft -> ", and a draft model").orElse("") + ". Where a request says nothing else: "
                + DefaultSettings.of(parts.defaults()).properties().stream().filter(d -> !d.getValue().isNull())
                        .map(d -> d.getKey() + " " + d.getValue()).collect(Collectors.joining(", "))
                + ".");
        return parts;
    }

    private ModelSource.Parts load(Path folder, Optional<Path> draftFolder) {
        var opened = new ArrayList<CausalLM>();
        try {
            var reading = Background.start(() -> EngineOptions.requireTokenizer(folder));
            opened.add(engine.load(folder));
            draftFolder.ifPresent(draft -> opened.add(engine.load(draft)));
            var model = opened.getFirst();
            var draft = opened.stream().skip(1).findFirst();
            draft.ifPresent(d -> DraftModel.check(d, model));
            var tokenizer = reading.result();
            var defaults = EngineOptions.withEnds(GenerationConfig.read(folder), model, Optional.of(tokenizer));
            return new ModelSource.Parts(model, tokenizer, defaults, EmbeddingRules.of(folder), RerankRules.of(folder, tokenizer), draft);
        } catch (IOException e) {
            opened.forEach(CausalLM::close);
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage() + ".", e);
        } catch (RuntimeException | Error e) {
            opened.forEach(CausalLM::close);
            throw e;
        }
    }
}
