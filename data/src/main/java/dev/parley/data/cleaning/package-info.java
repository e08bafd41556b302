/**
 * Cleaning of text: named steps, each a function of one document that changes it, or drops it and says why. Start with
 * {@link dev.parley.data.cleaning.Cleaning}, which applies them; {@link dev.parley.data.cleaning.CleaningSteps} makes them by name or
 * from a recipe. The rules are those of C4 (arXiv:1910.10683) and Gopher (arXiv:2112.11446) and some of our own.
 *
 * <pre>{@code
 * var cleaning = new Cleaning(CleaningSteps.of(List.of("unicode", "whitespace", "gopher-quality")));
 * var cleaned = cleaning.apply(page);
 * System.out.println(cleaned.isKept() ? cleaned.draft().text() : cleaned.rule());
 * }</pre>
 */
package dev.parley.data.cleaning;
