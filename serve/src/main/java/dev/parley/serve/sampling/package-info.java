/**
 * The fields of a request that say how an answer is generated: sampling, length and structured output. The endpoints of the API and
 * the web chat read them here, so that a setting means the same to both. {@link dev.parley.serve.sampling.SamplingFields} is where
 * to start.
 *
 * <pre>{@code
 * var fields = JsonFields.of(JsonBody.read(request));
 * var config = SamplingFields.build(SamplingFields.settings(fields, model.defaults(), vocabSize).maxNewTokens(100));
 * var schema = StructuredOutputFields.read(fields);                      // response_format, grammar, regex or choice
 * }</pre>
 */
package dev.parley.serve.sampling;
