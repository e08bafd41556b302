package dev.parley.assist;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.parley.assist.Assistant.KnowledgeSettings;
import dev.parley.assist.Assistant.ToolSettings;
import dev.parley.assist.guard.Guardrails;
import dev.parley.assist.moderation.Moderator;
import dev.parley.assist.yaml.YamlFile;
import dev.parley.assist.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads assistants from their files. */
final class AssistantReader {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2}");
    private static final int MOST_ANSWERS = 16;

    private final Path file;
    private final YamlValue top;
    private final Optional<Moderator> guardModel;
    private final List<String> languages;

    private AssistantReader(Path file, YamlValue top, Optional<Moderator> guardModel) {
        this.file = file;
        this.guardModel = guardModel;
        this.top = top;
        languages = languages();
    }

    static Assistant read(Path file, Optional<Moderator> guardModel) throws IOException {
        var top = YamlFile.read(file);
        top.requireOnly("name", "title", "description", "languages", "model", "system_prompt", "notice", "knowledge", "guardrails", "tools",
                "sampling",
                "best_of", "output", "forms", "opening_questions");
        return new AssistantReader(file, top, guardModel).assistant();
    }

    private Assistant assistant() throws IOException {
        return new Assistant(name(), file, top.required("title").localText(languages),
                top.optional("description").map(d -> d.localText(languages)).orElse(LocalText.NONE), languages,
                top.optional("model").map(YamlValue::text), top.required("system_prompt").localText(languages),
                top.optional("notice").map(n -> n.localText(languages)).orElse(LocalText.NONE),
                top.optional("knowledge").map(this::knowledge), guardrails(),
                top.optional("tools").map(this::tools).orElse(ToolSettings.NONE),
                top.optional("sampling").map(SamplingSettings::read).orElse(SamplingSettings.NONE),
                top.optional("best_of").map(b -> b.integer(1, MOST_ANSWERS)).orElse(1),
                top.optional("output").map(form -> form("output", form)), forms(), openingQuestions());
    }

    private String name() {
        var given = top.optional("name");
        var name = given.map(YamlValue::text).orElseGet(() -> {
            var folder = file.toAbsolutePath().normalize().getParent().getFileName();
            return folder == null ? "assistant" : folder.toString();
        });
        if (NAME.matcher(name).matches()) return name;
        throw given.orElse(top).fault("is " + name + "; a name has lower-case letters, digits and -, at most 64.");
    }

    private List<String> languages() {
        var given = top.optional("languages");
        if (given.isEmpty()) return List.of("en");
        for (var language : given.get().items()) {
            if (!LANGUAGE.matcher(language.text()).matches()) throw language.fault("is no code of a language, such as en or zh.");
        }
        var languages = new LinkedHashSet<>(given.get().texts());
        if (languages.isEmpty()) throw given.get().fault("names no language.");
        return List.copyOf(languages);
    }

    private KnowledgeSettings knowledge(YamlValue knowledge) {
        knowledge.requireOnly("folders", "top_k", "min_relevance", "cite", "required", "unknown");
        var folders = new ArrayList<Path>();
        for (var folder : knowledge.required("folders").items()) folders.add(existing(folder));
        if (folders.isEmpty()) throw knowledge.required("folders").fault("names no folder.");
        var required = knowledge.optional("required").map(YamlValue::flag).orElse(true);
        var unknown = required ? knowledge.required("unknown").localText(languages)
                : knowledge.optional("unknown").map(u -> u.localText(languages)).orElse(LocalText.NONE);
        return new KnowledgeSettings(folders, knowledge.optional("top_k").map(k -> k.integer(1, 20)).orElse(4),
                knowledge.optional("min_relevance").map(r -> r.number(0, 1)).orElse(0.5),
                knowledge.optional("cite").map(YamlValue::flag).orElse(true), required, unknown);
    }

    /** A file or folder that is named relative to the assistant's own folder. */
    private Path existing(YamlValue named) {
        var path = file.toAbsolutePath().normalize().resolveSibling(named.text()).normalize();
        if (!Files.exists(path)) throw named.fault("names " + path + ", and there is no such file or folder.");
        return path;
    }

    private Guardrails guardrails() {
        var given = top.optional("guardrails");
        if (given.isEmpty()) return Guardrails.read(MissingNode.getInstance(), guardModel);
        for (var item : given.get().items()) { // each by itself first, so that a fault has its line
            try {
                Guardrails.read(JsonNodeFactory.instance.arrayNode().add(item.json()), Optional.empty());
            } catch (IllegalArgumentException e) {
                throw item.fault("cannot be used: " + e.getMessage());
            }
        }
        return Guardrails.read(given.get().json(), guardModel);
    }

    private ToolSettings tools(YamlValue tools) {
        tools.requireOnly("servers", "allow", "max_rounds");
        var servers = tools.required("servers");
        return new ToolSettings(servers.object(), servers.place(), tools.optional("allow").map(YamlValue::texts).orElse(List.of()),
                tools.optional("max_rounds").map(n -> n.integer(1, 16)).orElse(4));
    }

    private Map<String, OutputForm> forms() {
        var forms = new LinkedHashMap<String, OutputForm>();
        top.optional("forms").ifPresent(given -> given.entries().forEach((name, form) -> forms.put(name, form(name, form))));
        return forms;
    }

    private OutputForm form(String name, YamlValue form) {
        return OutputFormReader.read(name, form, file, languages);
    }

    private Map<String, List<String>> openingQuestions() {
        var questions = new LinkedHashMap<String, List<String>>();
        var given = top.optional("opening_questions");
        if (given.isEmpty()) return questions;
        if (given.get().json().isArray()) {
            for (var language : languages) questions.put(language, given.get().texts());
            return questions;
        }
        given.get().requireOnly(languages.toArray(String[]::new));
        given.get().entries().forEach((language, texts) -> questions.put(language, texts.texts()));
        return questions;
    }
}
