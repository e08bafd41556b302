package dev.parley.serve.answering;

import dev.parley.serve.http.JsonFields;
import java.util.Optional;

/** The field {@code model} of a request. */
public final class ModelField {

    private ModelField() {}

    /** The name of a model; empty where the default is to answer, which clients say by nothing or by an empty name. */
    public static Optional<String> read(JsonFields fields) {
        return fields.string("model").filter(name -> !name.isBlank());
    }
}
