package dev.parley.tokenizer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code tokenizer_config.json} says beyond the vocabulary: the special tokens by role, and the template.
 *
 * @param additional special tokens without a role
 */
record TokenizerSettings(Optional<String> bosToken, Optional<String> eosToken, Optional<String> padToken, Optional<String> unkToken,
        List<String> additional,
        Optional<ChatTemplate> chatTemplate) {

    static final TokenizerSettings NONE = new TokenizerSettings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
            List.of(),
            Optional.empty());

    TokenizerSettings withBos(String token) {
        return new TokenizerSettings(Optional.of(token), eosToken, padToken, unkToken, additional, chatTemplate);
    }

    TokenizerSettings withEos(String token) {
        return new TokenizerSettings(bosToken, Optional.of(token), padToken, unkToken, additional, chatTemplate);
    }

    TokenizerSettings withTemplate(Optional<ChatTemplate> template) {
        return new TokenizerSettings(bosToken, eosToken, padToken, unkToken, additional, template);
    }

    /** As chat templates name them. */
    Map<String, String> specialTokens() {
        var tokens = new HashMap<String, String>();
        bosToken.ifPresent(t -> tokens.put("bos_token", t));
        eosToken.ifPresent(t -> tokens.put("eos_token", t));
        padToken.ifPresent(t -> tokens.put("pad_token", t));
        unkToken.ifPresent(t -> tokens.put("unk_token", t));
        return tokens;
    }
}
