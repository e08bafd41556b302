/**
 * Answers while they are written. Each is a job of its own, which goes on when nobody reads it: what comes is told to its
 * readers, of whom each may be as slow as it likes, and kept in the database a second later at most.
 * {@link dev.parley.serve.chat.running.RunningAnswers} is where to start.
 *
 * <pre>{@code
 * var answer = answers.answer(caller, conversation, question, Optional.empty(), settings);
 * var log = answers.log(caller.id(), answer.id());
 * for (var piece = log.next(Position.START, 256, TEN_SECONDS); piece.ended().isEmpty(); piece = log.next(piece.to(), 256, TEN_SECONDS)) {
 *     System.out.print(piece.text());
 * }
 * }</pre>
 */
package dev.parley.serve.chat.running;
