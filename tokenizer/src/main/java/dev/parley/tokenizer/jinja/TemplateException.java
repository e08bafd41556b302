package dev.parley.tokenizer.jinja;

import dev.parley.tokenizer.TokenizerException;

/** A template that cannot be read, or cannot be rendered with what it was given. */
public final class TemplateException extends TokenizerException {

    private static final long serialVersionUID = 1;

    TemplateException(String message) {
        super(message);
    }
}
