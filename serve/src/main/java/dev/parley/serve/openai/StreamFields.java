package dev.parley.serve.openai;

import dev.parley.serve.answer.Refused;

/**
 * How an answer is to be sent.
 *
 * @param stream in pieces
 * @param usage whether the pieces end with what was used
 */
record StreamFields(boolean stream, boolean usage) {

    /** @throws Refused if there are options of a stream, and none is asked for */
    static StreamFields read(Fields fields) {
        var stream = fields.flag("stream");
        var options = fields.object("stream_options");
        if (options.isPresent() && !stream) throw Refused.badRequest("stream_options", "stream_options may only be given where stream is true.");
        options.ifPresent(o -> o.flag("include_obfuscation")); // the length of pieces is no secret here
        return new StreamFields(stream, options.isPresent() && options.get().flag("include_usage"));
    }
}
