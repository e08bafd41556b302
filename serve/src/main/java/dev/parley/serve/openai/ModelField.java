package dev.parley.serve.openai;

import java.util.Optional;

/** The field {@code model} of a request. */
final class ModelField {

    private ModelField() {}

    /** The name of a model; empty where the default is to answer, which clients say by nothing or by an empty name. */
    static Optional<String> read(Fields fields) {
        return fields.string("model").filter(name -> !name.isBlank());
    }
}
