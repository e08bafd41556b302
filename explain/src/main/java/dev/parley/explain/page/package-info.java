/**
 * An explanation to look at. Start with {@link dev.parley.explain.page.ExplanationJson}.
 *
 * <pre>{@code
 * var json = ExplanationJson.of("my-model", explanation);
 * }</pre>
 */
package dev.parley.explain.page;
