/**
 * {@code parley teach}: the feedback of a chat becomes a lesson, which is tried, put in use, and taken out of it again. Start with
 * {@link dev.parley.cli.teach.TeachCommand}.
 *
 * <pre>{@code
 * ./parley teach my-model --data my-data --adopt
 * ./parley teach list --data my-data
 * ./parley teach revoke 1 --data my-data
 * }</pre>
 *
 * What is learned, and how, is in {@code dev.parley.train.lesson}; where lessons lie, and who is answered with which, in
 * {@code dev.parley.serve.lessons}.
 */
package dev.parley.cli.teach;
