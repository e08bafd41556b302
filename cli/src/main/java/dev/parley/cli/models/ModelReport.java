package dev.parley.cli.models;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.ModelLook;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.generate.embedding.Pooling;
import dev.parley.generate.thinking.ThinkingFormat;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.hub.ModelListing;
import dev.parley.hub.Outline;
import dev.parley.kernels.machine.MachineMemory;
import dev.parley.kernels.machine.MemoryBandwidth;
import dev.parley.model.MemoryNeeds;
import dev.parley.model.ModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What {@code models info} tells of a model, for people and for programs. */
final class ModelReport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Optional<Outline> outline;
    private final Optional<Path> here;
    private final ModelLook look;
    private final int context;
    private final OptionalDouble bandwidth;

    /**
     * Measures what it needs of this machine.
     *
     * @param outline of a model of the hub
     * @param here where the model lies, if it is on this machine
     * @param context tokens whose keys and values are counted
     * @param measured whether to measure how fast memory is read
     */
    ModelReport(String name, Optional<Outline> outline, Optional<Path> here, ModelLook look, int context, boolean measured) {
        this.name = name;
        this.outline = outline;
        this.here = here;
        this.look = look;
        this.context = look.config().map(c -> Math.min(context, c.maxPositionEmbeddings())).orElse(context);
        bandwidth = measured && look.needs().isPresent() ? OptionalDouble.of(MemoryBandwidth.measure()) : OptionalDouble.empty();
    }

    boolean runs() {
        return look.fault().isEmpty();
    }

    private Optional<ModelListing> card() {
        return outline.flatMap(Outline::card);
    }

    private List<ModelListing.File> files() {
        if (here.isEmpty()) return outline.map(Outline::needed).orElse(List.of());
        var path = here.get();
        if (Files.isRegularFile(path)) return List.of(file(path, path.getFileName().toString()));
        try (var walk = Files.walk(path, 2)) {
            return walk.filter(Files::isRegularFile).sorted().map(f -> file(f, path.relativize(f).toString().replace('\\', '/')))
                    .filter(f -> !f.name().startsWith(".") && !f.name().endsWith(".html")).toList(); // a run's own notes and its report
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static ModelListing.File file(Path path, String name) {
        return new ModelListing.File(name, OptionalLong.of(path.toFile().length()));
    }

    /** Tokens a second if all that a token reads came at the speed of memory, and nothing else took time. */
    private OptionalDouble limit(MemoryNeeds needs) {
        return bandwidth.isPresent()
                ? OptionalDouble.of(bandwidth.getAsDouble() / (needs.readPerToken() + needs.cachePerToken() * context / 2.0))
                : bandwidth;
    }

    private Optional<String> family() {
        return look.config().map(c -> c.family().modelType()).or(() -> card().flatMap(c -> c.modelType().or(c::ggufArchitecture)));
    }

    private OptionalLong parameters() {
        return look.needs().map(n -> OptionalLong.of(n.parameters()))
                .orElseGet(() -> card().map(ModelListing::parameters).orElse(OptionalLong.empty()));
    }

    // ---- for people ----

    List<String> lines() {
        var lines = new ArrayList<String>();
        look.fault().ifPresent(fault -> lines.add("Parley does not run it: " + fault));
        add(lines, "model", name + card().flatMap(ModelListing::commit).map(c -> " at " + c.substring(0, 8)).orElse(""));
        family().ifPresent(family -> add(lines, "family", family));
        if (parameters().isPresent()) add(lines, "parameters", Sizes.number(parameters().getAsLong()) + active());
        look.config().ifPresent(c -> add(lines, "context", String.format(Locale.ROOT, "%,d tokens", c.maxPositionEmbeddings())));
        if (runs()) add(lines, "chat template", template());
        embeddings().ifPresent(how -> add(lines, "embeddings", how));
        card().ifPresent(card -> add(lines, "licence",
                card.license().orElse("not said") + (card.gated() ? ", gated: accept its terms at the hub" : "")));
        card().ifPresent(card -> add(lines, "downloads", String.format(Locale.ROOT, "%,d, %,d likes", card.downloads(), card.likes())));
        files().forEach(
                file -> add(lines, "file", file.name() + (file.size().isPresent() ? ", " + Sizes.text(file.size().getAsLong()) : "")));
        outline.ifPresent(o -> add(lines, "to download", o.isHere() || o.missing() == 0 && o.refusal().isEmpty() ? "nothing, it is here: "
                + here.map(Path::toString).orElse("") : Sizes.text(o.missing())));
        look.needs().ifPresent(needs -> memory(lines, needs));
        return lines;
    }

    private static void add(List<String> lines, String name, String fact) {
        lines.add(String.format("%-14s %s", name, fact));
    }

    private String active() {
        return look.config().filter(c -> c.experts().isPresent()).flatMap(c -> look.needs())
                .map(n -> ", " + Sizes.number(n.activeParameters()) + " of them active").orElse("");
    }

    private String template() {
        if (look.template().isEmpty()) return "no: for completions, not for conversations";
        var template = look.template().get();
        return "yes" + (takesTools() ? ", tools" : "") + (ThinkingFormat.isKnownTo(template) ? ", thinking" : "");
    }

    /** How its files say that it makes vectors, or why it does not. */
    private Optional<String> embeddings() {
        var path = here.or(() -> outline.flatMap(Outline::path));
        if (!runs() || path.isEmpty()) return Optional.empty();
        try {
            var rules = EmbeddingRules.of(path.get());
            if (!rules.trained()) return Optional.empty();
            var prompts = rules.prompts().isEmpty() ? "" : "; prompts " + String.join(", ", new TreeSet<>(rules.prompts().keySet()));
            return Optional
                    .of(rules.poolings().stream().map(Pooling::mode).collect(Collectors.joining(" and ", "pooled by ", "")) + prompts);
        } catch (IllegalArgumentException | ModelException e) {
            return Optional.of("no: " + e.getMessage().replace(path.get() + "/", ""));
        }
    }

    private boolean takesTools() {
        return look.template().filter(template -> ToolTemplate.of(template).takesTools()).isPresent();
    }

    private void memory(List<String> lines, MemoryNeeds needs) {
        var type = look.type().orElseThrow().name().toLowerCase(Locale.ROOT);
        add(lines, "memory", String.format(Locale.ROOT, "%s: weights in %s %s, %,d tokens of keys and values %s, Java itself the rest",
                Sizes.text(look.bytes(context)), type, Sizes.text(needs.weights()), context, Sizes.text(needs.cachePerToken() * context)));
        var total = MachineMemory.total();
        add(lines, "fits", MachineMemory.shortage(look.bytes(context)).map(shortage -> "no: it " + shortage)
                .orElse("yes" + (total.isPresent() ? ": this machine has " + Sizes.text(total.getAsLong()) : "")));
        limit(needs).ifPresent(limit -> add(lines, "speed", String.format(Locale.ROOT,
                "at most %s tokens/s: a token reads %s, this machine's memory gives %.1f GB/s",
                limit < 10 ? String.format(Locale.ROOT, "%.1f", limit)
                        : String.format(Locale.ROOT, "%.0f", limit),
                Sizes.text(needs.readPerToken()), bandwidth.getAsDouble() / 1e9)));
    }

    // ---- for programs ----

    ObjectNode json() {
        var json = JSON.createObjectNode().put("model", name).put("runs", runs());
        look.fault().ifPresent(fault -> json.put("fault", fault));
        family().ifPresent(family -> json.put("family", family));
        card().ifPresent(card -> {
            card.commit().ifPresent(commit -> json.put("commit", commit));
            card.license().ifPresent(license -> json.put("license", license));
            json.put("gated", card.gated()).put("downloads", card.downloads()).put("likes", card.likes());
        });
        if (parameters().isPresent()) json.put("parameters", parameters().getAsLong());
        look.config().ifPresent(c -> json.put("context_length", c.maxPositionEmbeddings()));
        if (runs()) json.put("chat_template", look.template().isPresent()).put("tools", takesTools()).put("thinking",
                look.template().filter(ThinkingFormat::isKnownTo).isPresent());
        embeddings().ifPresent(how -> json.put("embeddings", how));
        var files = json.putArray("files");
        for (var file : files()) {
            var item = files.addObject().put("name", file.name());
            file.size().ifPresent(size -> item.put("size_bytes", size));
        }
        json.put("here", here.isPresent()).put("download_bytes", outline.map(Outline::missing).orElse(0L));
        here.ifPresent(path -> json.put("path", path.toString()));
        look.needs().ifPresent(needs -> addNeeds(json, needs));
        return json;
    }

    private void addNeeds(ObjectNode json, MemoryNeeds needs) {
        json.put("active_parameters", needs.activeParameters());
        var memory = json.putObject("memory").put("weight_type", look.type().orElseThrow().name().toLowerCase(Locale.ROOT))
                .put("weight_bytes", needs.weights()).put("context", context).put("cache_bytes", needs.cachePerToken() * context)
                .put("total_bytes", look.bytes(context)).put("fits", MachineMemory.shortage(look.bytes(context)).isEmpty());
        MachineMemory.total().ifPresent(bytes -> memory.put("machine_bytes", bytes));
        MachineMemory.available().ifPresent(bytes -> memory.put("available_bytes", bytes));
        limit(needs).ifPresent(limit -> json.putObject("speed").put("tokens_per_second_limit", limit)
                .put("bytes_per_token", needs.readPerToken()).put("bandwidth_bytes_per_second", bandwidth.getAsDouble()));
    }
}
