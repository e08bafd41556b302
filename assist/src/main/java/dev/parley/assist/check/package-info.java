/**
 * How far an assistant can be trusted: its test set, asked one question after the other, and what came of it as proportions with
 * intervals. Start from {@link dev.parley.assist.check.AssistantCheck}.
 *
 * <pre>{@code
 * var questions = TestQuestion.read(Path.of("test/questions.jsonl"));
 * var report = new AssistantCheck(openAssistant, Optional.empty()).run(questions, done -> {});
 * for (var row : report.rows()) System.out.println(row.measure() + " " + row.language() + " " + row.proportion().value());
 * }</pre>
 */
package dev.parley.assist.check;
