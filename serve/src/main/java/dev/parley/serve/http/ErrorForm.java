package dev.parley.serve.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.util.Optional;

/** The shape in which an API tells errors. That of OpenAI's is {@link ErrorJson}; a route of another API has its own. */
@FunctionalInterface
public interface ErrorForm {

    /** The error as JSON. */
    ObjectNode json(ApiError error);

    /** The status of its answer, where the API has another than {@link ApiError#status()}. */
    default int status(ApiError error) {
        return error.status();
    }

    /** Notes for the rest of a request which shape its errors have. */
    default void keepWith(Context request) {
        request.attribute(ErrorForm.class.getName(), this);
    }

    /** That of a request's errors. */
    static ErrorForm of(Context request) {
        return Optional.<ErrorForm>ofNullable(request.attribute(ErrorForm.class.getName())).orElse(ErrorJson::of);
    }
}
