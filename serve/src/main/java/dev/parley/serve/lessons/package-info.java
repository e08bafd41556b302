/**
 * Lessons: what a model was taught by the feedback of a chat, each an adapter with how well it did before and after. They lie in a
 * folder, where a server and the {@code teach} command find them at once. {@link dev.parley.serve.lessons.Lessons} is where to start.
 *
 * <pre>{@code
 * var lessons = Lessons.in(data);
 * try (var run = lessons.begin("my-model", ModelFingerprint.of(folder), Lesson.ALL, Optional.empty())) {
 *     …                                        // writes an adapter to run.adapter()
 *     run.finish(result);                      // without this it has failed
 * }
 * lessons.adopt(1);                            // from now on my-model answers with it
 * }</pre>
 */
package dev.parley.serve.lessons;
