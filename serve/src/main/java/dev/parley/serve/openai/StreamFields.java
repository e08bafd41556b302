package dev.parley.serve.openai;

import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;

/**
 * How an answer is to be sent.
 *
 * @param stream in pieces
 * @param usage whether the pieces end with what was used
 */
public record StreamFields(boolean stream, boolean usage) {

    /** @throws ApiError if there are options of a stream, and none is asked for */
    public static StreamFields read(JsonFields fields) {
        var stream = fields.flag("stream");
        var options = fields.object("stream_options");
        if (options.isPresent() && !stream)
            throw ApiError.badRequest("stream_options", "stream_options is only allowed when stream is true.");
        options.ifPresent(o -> o.flag("include_obfuscation")); // the length of pieces is no secret here
        return new StreamFields(stream, options.isPresent() && options.get().flag("include_usage"));
    }
}
