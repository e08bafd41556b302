package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What stands beside a vocabulary about its special tokens: {@code tokenizer_config.json}, and where it is silent
 * {@code special_tokens_map.json} and {@code added_tokens.json} of older folders.
 *
 * @param declared tokens that text is searched for, beyond those of {@code tokenizer.json}
 * @param addBos whether a text for a model begins with the bos token, if said
 * @param addEos whether it ends with the eos token, if said
 * @param tokenizerClass the name of the class in Python, without "Fast"; or empty
 */
record SpecialTokenFiles(Path file, TokenizerSettings settings, List<Declared> declared, Optional<Boolean> addBos,
        Optional<Boolean> addEos,
        String tokenizerClass, boolean addPrefixSpace) {

    private static final String CONFIG = "tokenizer_config.json";
    private static final int MOST = 100_000;

    /** A token that a file names; its id counts only where the vocabulary does not say it. */
    record Declared(String content, OptionalInt id, boolean special, boolean lstrip, boolean rstrip, boolean singleWord, boolean normalized,
            boolean byRole) {

        AddedToken withId(int id) {
            return new AddedToken(id, content, special, lstrip, rstrip, singleWord, normalized);
        }
    }

    static SpecialTokenFiles of(Path folder) throws IOException {
        var file = folder.resolve(CONFIG);
        var config = new Fields(file, "file", optional(file));
        var map = new Fields(folder.resolve("special_tokens_map.json"), "file", optional(folder.resolve("special_tokens_map.json")));
        var declared = new ArrayList<Declared>();
        for (var entry : config.json().path("added_tokens_decoder").properties())
            declared.add(numbered(config, entry.getKey(), entry.getValue()));
        var older = new Fields(folder.resolve("added_tokens.json"), "file", optional(folder.resolve("added_tokens.json")));
        for (var entry : older.json().properties()) {
            declared.add(new Declared(entry.getKey(), OptionalInt.of(TokenizerFiles.id(older.file(), entry.getKey(), entry.getValue())),
                    false, false, false, false, false, false));
        }
        var additional = new ArrayList<String>();
        for (var name : List.of("bos_token", "eos_token", "pad_token", "unk_token")) role(config, map, name).ifPresent(declared::add);
        for (var fields : List.of(config, map)) {
            for (var name : List.of("additional_special_tokens", "extra_special_tokens")) {
                for (var token : fields.json().path(name))
                    special(fields, token).filter(t -> !additional.contains(t.content())).ifPresent(t -> {
                        additional.add(t.content());
                        declared.add(t);
                    });
            }
        }
        if (declared.size() > MOST) throw config.fault("there are " + declared.size() + " special tokens");
        var settings = new TokenizerSettings(name(config, map, "bos_token"), name(config, map, "eos_token"),
                name(config, map, "pad_token"), name(config, map, "unk_token"),
                List.copyOf(additional), Optional.empty());
        var template = template(folder, file, config.json().path("chat_template")).map(t -> t.withSpecialTokens(settings.specialTokens()));
        return new SpecialTokenFiles(file, settings.withTemplate(template), List.copyOf(declared), said(config, "add_bos_token"),
                said(config, "add_eos_token"),
                config.optionalText("tokenizer_class").orElse("").replaceFirst("Fast$", ""), config.flag("add_prefix_space", false));
    }

    SpecialTokenFiles withSettings(TokenizerSettings other) {
        return new SpecialTokenFiles(file, other.withTemplate(other.chatTemplate().map(t -> t.withSpecialTokens(other.specialTokens()))),
                declared, addBos, addEos, tokenizerClass, addPrefixSpace);
    }

    private static JsonNode optional(Path file) throws IOException {
        return Files.exists(file) ? TokenizerFiles.read(file) : MissingNode.getInstance();
    }

    private static Optional<Boolean> said(Fields config, String name) {
        return config.has(name) ? Optional.of(config.flag(name, false)) : Optional.empty();
    }

    private static Optional<ChatTemplate> template(Path folder, Path config, JsonNode json) throws IOException {
        var file = folder.resolve("chat_template.jinja");
        if (Files.exists(file)) return Optional.of(ChatTemplate.load(file));
        if (!json.isTextual() && !json.isArray()) return Optional.empty();
        return Optional.of(ChatTemplateJson.read(json, ChatTemplate.shortName(config)));
    }

    // ---- tokens ----

    private static Declared numbered(Fields config, String id, JsonNode token) {
        if (!id.matches("\\d{1,8}")) throw config.fault("added_tokens_decoder has the id \"" + id + "\"");
        return flags(config, token, OptionalInt.of(Integer.parseInt(id)), false);
    }

    private static Optional<Declared> role(Fields config, Fields map, String name) {
        return special(config, config.json().path(name)).or(() -> special(map, map.json().path(name)));
    }

    private static Optional<String> name(Fields config, Fields map, String name) {
        return role(config, map, name).map(Declared::content);
    }

    /** A token as text or as an object; Python's null and false are none. */
    private static Optional<Declared> special(Fields fields, JsonNode token) {
        if (token.isTextual())
            return Optional.of(new Declared(token.asText(), OptionalInt.empty(), true, false, false, false, false, true));
        return token.isObject() ? Optional.of(flags(fields, token, OptionalInt.empty(), true)) : Optional.empty();
    }

    private static Declared flags(Fields fields, JsonNode json, OptionalInt id, boolean byRole) {
        var token = new Fields(fields.file(), "special token", json);
        return new Declared(token.text("content"), id, byRole || token.flag("special", false), token.flag("lstrip", false),
                token.flag("rstrip", false),
                token.flag("single_word", false), token.flag("normalized", false), byRole);
    }

    /**
     * The added tokens of a {@code tokenizer.json} and those declared here. A role makes a token special, and changes nothing else of it.
     */
    List<AddedToken> merged(Collection<AddedToken> added, Map<String, Integer> vocab) {
        var byContent = new LinkedHashMap<String, AddedToken>();
        for (var token : added) { // the vocabulary's id goes before the one beside the token, as in Hugging Face's library
            var id = vocab.getOrDefault(token.content(), token.id());
            byContent.put(token.content(), new AddedToken(id, token.content(), token.special(), token.lstrip(), token.rstrip(),
                    token.singleWord(), token.normalized()));
        }
        for (var token : declared) {
            var known = byContent.get(token.content());
            var id = known != null ? OptionalInt.of(known.id())
                    : vocab.containsKey(token.content()) ? OptionalInt.of(vocab.get(token.content())) : token.id();
            if (token.content().isEmpty() || id.isEmpty()) continue;
            if (known != null && token.byRole()) {
                byContent.put(token.content(), new AddedToken(known.id(), known.content(), true, known.lstrip(), known.rstrip(),
                        known.singleWord(), known.normalized()));
            } else {
                byContent.put(token.content(), token.withId(id.getAsInt()));
            }
        }
        return List.copyOf(byContent.values());
    }

    /**
     * What begins and ends a text for a model. Llama's class in Python goes by add_bos_token and add_eos_token alone; for the others a
     * token
     * that is asked for is added where the post_processor of {@code tokenizer.json} has not put it already.
     */
    Vocabulary around(Vocabulary vocabulary, Map<String, Integer> idOf) {
        var alone = tokenizerClass.equals("LlamaTokenizer") || tokenizerClass.equals("CodeLlamaTokenizer");
        var prefix = around(vocabulary.prefix(), addBos, settings.bosToken(), "bos", alone, idOf);
        var suffix = around(vocabulary.suffix(), addEos, settings.eosToken(), "eos", alone, idOf);
        return new Vocabulary(vocabulary.normalizer(), vocabulary.characters(), vocabulary.decoder(), vocabulary.unknown(),
                vocabulary.ignoreMerges(), prefix, suffix);
    }

    private int[] around(int[] asTheFileSays, Optional<Boolean> add, Optional<String> token, String role, boolean alone,
            Map<String, Integer> idOf) {
        if (add.isEmpty()) return asTheFileSays;
        if (!add.get()) return alone ? new int[0] : asTheFileSays;
        if (!alone && asTheFileSays.length > 0) return asTheFileSays;
        var id = token.map(idOf::get);
        if (id.isEmpty()) throw new TokenizerException(file + ": add_" + role + "_token is true and there is no " + role + "_token.");
        return new int[] {id.get()};
    }
}
