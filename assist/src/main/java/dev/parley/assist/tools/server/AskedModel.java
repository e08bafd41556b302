package dev.parley.assist.tools.server;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.tokenizer.FittedConversation;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.util.List;

/**
 * A model that answers {@code ask_model}.
 *
 * @param engine stays its owner's
 * @param tokenizer of the model
 * @param config where a call says nothing else
 * @param context in tokens
 */
public record AskedModel(InferenceEngine engine, Tokenizer tokenizer, GenerationConfig config, int context) {

    /** The conversation as the model reads it, without its oldest turns if it is too long; as plain text without a template. */
    int[] prompt(List<Message> messages, int tokens) {
        var template = tokenizer.chatTemplate();
        if (template.isEmpty()) return tokenizer.encodeForModel(messages.getLast().content());
        var fitted = FittedConversation.of(tokenizer, template.get(), messages, context, tokens);
        if (fitted.hasRoom()) return fitted.ids();
        throw new IllegalArgumentException("That is too long: " + fitted.ids().length + " tokens, and the model's context holds " + context
                + ".");
    }
}
