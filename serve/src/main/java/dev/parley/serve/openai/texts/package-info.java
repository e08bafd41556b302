/**
 * What can be said about a text without generating any: its tokens and whether it is harmful.
 * {@link dev.parley.serve.openai.texts.TokenRoutes} is where to start.
 *
 * <pre>{@code
 * curl localhost:8080/tokenize -d '{"prompt": "Hello"}'
 * curl localhost:8080/v1/moderations -d '{"input": "I will find you"}'
 * }</pre>
 */
package dev.parley.serve.openai.texts;
