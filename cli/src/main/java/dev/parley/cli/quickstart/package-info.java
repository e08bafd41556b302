/**
 * The quickstart: from raw text to a chat model in minutes. Start with {@code Quickstart}, whose {@code run()} is the
 * recipe; {@code Corpus} is what it teaches, {@code Plan} how long and how large, {@code StageRecipe} how each
 * stage trains, {@code TrainingBudget} for how long, {@code State} what is done already, and {@code Report} the page at the end.
 *
 * <pre>{@code
 * ./parley quickstart
 * ./parley quickstart --text my-book.txt --minutes 20 --out my-book-model
 * }</pre>
 */
package dev.parley.cli.quickstart;
