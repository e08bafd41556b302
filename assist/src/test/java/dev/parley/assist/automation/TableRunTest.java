package dev.parley.assist.automation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.assist.automation.ScriptedRun.Scripted;
import dev.parley.assist.automation.ScriptedRun.Told;
import dev.parley.grammar.Grammar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableRunTest {

    @TempDir
    Path folder;

    private Path table(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Path out() {
        return folder.resolve("out");
    }

    private List<String> outputs() throws IOException {
        try (var files = Files.list(out())) {
            return files.map(f -> f.getFileName().toString()).filter(f -> !f.startsWith("journal") && !f.startsWith("failures")).sorted()
                    .toList();
        }
    }

    @Test
    void stoppedRunGoesOnToTheSameOutputs() throws IOException {
        var text = new StringBuilder("name\n");
        for (int i = 0; i < 100; i++) text.append('n').append(i).append('\n');
        var table = table("t.csv", text.toString());
        var run = new AtomicReference<TableRun>();
        run.set(ScriptedRun.prepared(table, "{{ name }}", new Told(), ScriptedRun.usual(OutputFormat.MD, "name")));
        var first = run.get().run(out(), (done, total, failed) -> {
            if (done == 30) run.get().stop();
        });
        assertTrue(first.interrupted());
        assertEquals(30, first.done());
        var asked = Collections.synchronizedList(new ArrayList<String>());
        var second = ScriptedRun.run(table, "{{ name }}", out(), (prompt, seed) -> {
            asked.add(prompt);
            return new Told().ask(prompt, seed);
        }, ScriptedRun.usual(OutputFormat.MD, "name"));
        assertEquals(100, second.done());
        assertEquals(70, second.made());
        assertEquals(70, asked.size());
        for (int i = 0; i < 100; i++) {
            assertEquals(Told.text("n" + i, 7 + (i + 1) * 0x9E3779B97F4A7C15L) + "\n", Files.readString(out().resolve("n" + i + ".md")));
        }
    }

    @Test
    void changeSinceTheJournalBeganIsToldAndRefused() throws IOException {
        var table = table("t.csv", "name\na\n");
        var usual = ScriptedRun.usual(OutputFormat.MD, null);
        ScriptedRun.run(table, "{{ name }}", out(), new Told(), usual);
        var template = assertThrows(TableException.class, () -> ScriptedRun.run(table, "New {{ name }}", out(), new Told(), usual));
        assertTrue(template.getMessage().contains("the template has changed"), template.getMessage());
        var format = assertThrows(TableException.class,
                () -> ScriptedRun.run(table, "{{ name }}", out(), new Told(), ScriptedRun.usual(OutputFormat.HTML, null)));
        assertTrue(format.getMessage().contains("format has changed from MD to HTML"), format.getMessage());
        Files.writeString(table, "name\nb\n");
        var changed = assertThrows(TableException.class, () -> ScriptedRun.run(table, "{{ name }}", out(), new Told(), usual));
        assertTrue(changed.getMessage().contains("the table has changed"), changed.getMessage());

        var restart = new TableRun.Options(OutputFormat.HTML, Optional.empty(), Optional.empty(), 8, 10, 7, true, false);
        Files.writeString(out().resolve("mine.md"), "kept");
        ScriptedRun.run(table, "New {{ name }}", out(), new Told(), restart);
        assertEquals(List.of("mine.md", "row-000001.html"), outputs());
    }

    @Test
    void failuresAreToldByRowAndKindAndCanBeRetried() throws IOException {
        var table = table("t.csv", "name,n\n=cmd(),1\nragged\nblank,2\nwrong,3\nother,4\ngood,5\nlong,6\n@x,0\n");
        var schema = Optional.of(
                Grammar.ofJsonSchema("{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\"}}, \"required\": [\"a\"]}"));
        var options = new TableRun.Options(OutputFormat.JSON, schema, Optional.of("name"), 3, 100, 7, false, false);
        var template = "{{ name }}{{ 1 // (n | int) }}";
        RowResponder responder = (prompt, seed) -> {
            if (prompt.startsWith("long"))
                throw new RowResponder.UnusablePromptException("The prompt has 9 tokens and the context holds 8.");
            return Scripted.of(
                    prompt.startsWith("blank") ? " " : prompt.startsWith("wrong") ? "{\"a\": " : prompt.startsWith("other") ? "{\"b\": 1}"
                            : "{\"a\": 1}");
        };
        var report = ScriptedRun.run(table, template, out(), responder, options);
        assertEquals(Map.of(FailureKind.ROW, 1L, FailureKind.TEMPLATE, 1L, FailureKind.EMPTY_ANSWER, 1L, FailureKind.INVALID_JSON, 1L,
                FailureKind.SCHEMA, 1L, FailureKind.PROMPT, 1L), report.failed());
        assertEquals(List.of("cmd.json", "good.json"), outputs());
        var failures = Files.readString(out().resolve("failures.csv"));
        assertTrue(failures.contains("2,\"\",row,\"Row 2, line 3: It has 1 cells, and the head line has 2.\""), failures);
        assertTrue(failures.contains("8,\"'@x\",template,\"Row 8, line 9: template.jinja, line 1: "), failures);

        var asked = new AtomicLong();
        var retry = new TableRun.Options(OutputFormat.JSON, schema, Optional.of("name"), 3, 100, 7, false, true);
        var again = ScriptedRun.run(table, template, out(), (prompt, seed) -> {
            asked.incrementAndGet();
            return Scripted.of("{\"a\": 2}");
        }, retry);
        assertEquals(4, asked.get());
        assertEquals(6, again.done());
        assertEquals(2, again.failures());
    }

    @Test
    void retriedRowHasOtherRandomNumbers() throws IOException {
        var table = table("t.csv", "name\na\n");
        var seeds = new ArrayList<Long>();
        for (int i = 0; i < 3; i++) {
            ScriptedRun.run(table, "{{ name }}", out(), (prompt, seed) -> {
                seeds.add(seed);
                return Scripted.of("");
            }, new TableRun.Options(OutputFormat.MD, Optional.empty(), Optional.empty(), 1, 1, 7, false, true));
        }
        assertEquals(3, seeds.stream().distinct().count());
    }

    @Test
    void noCellLeadsOutOfTheFolderAndEqualNamesAreNumbered() throws IOException {
        var table = table("t.jsonl",
                "{\"k\": \"../../etc/passwd\"}\n{\"k\": \"A\"}\n{\"k\": \"a\"}\n{\"k\": \"a-2\"}\n{\"k\": \"\"}\n{\"k\": \"CON\"}\n"
                        + "{\"k\": \"/\\\\:*\"}\n{\"k\": \"" + "长".repeat(400) + "\"}\n{\"k\": \"..\"}\n{\"k\": \"诗 一\\u0000\"}\n");
        ScriptedRun.run(table, "{{ k }}!", out(), new Told(), ScriptedRun.usual(OutputFormat.MD, "k"));
        assertEquals(List.of("A.md", "_CON.md", "a-2-2.md", "a-2.md", "etc_passwd.md", "row-000005.md", "row-000007.md", "row-000009.md",
                "诗_一.md",
                "长".repeat(50) + ".md"), outputs());
    }

    @Test
    void pageShowsMarkupAndObeysNone() throws IOException {
        var table = table("t.csv", "name\n\"<script>alert(1)</script>\"\n");
        ScriptedRun.run(table, "x", out(),
                (prompt, seed) -> Scripted.of("# Head <b>\n\n* one\n* **two** & `<i>`\n\n<img src=x onerror=alert(1)>\n```\n<x>\n```"),
                ScriptedRun.usual(OutputFormat.HTML, "name"));
        var html = Files.readString(out().resolve("script_alert_1_script.html"));
        assertTrue(html.contains("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>"), html);
        assertTrue(html
                .contains("<h1>Head &lt;b&gt;</h1>\n<ul>\n<li>one</li>\n<li><strong>two</strong> &amp; <code>&lt;i&gt;</code></li>\n</ul>\n"
                        + "<p>&lt;img src=x onerror=alert(1)&gt;</p>\n<pre><code>&lt;x&gt;\n</code></pre>"),
                html);
        assertFalse(html.contains("<script"), html);
        assertFalse(html.contains("<img"), html);
    }

    @Test
    void secondRunInTheSameFolderIsRefusedWhileTheFirstRuns() throws IOException {
        var table = table("t.csv", "name\na\n");
        var usual = ScriptedRun.usual(OutputFormat.MD, null);
        var refusal = new AtomicReference<String>("");
        ScriptedRun.run(table, "{{ name }}", out(), (prompt, seed) -> {
            refusal.set(
                    assertThrows(TableException.class, () -> ScriptedRun.run(table, "{{ name }}", out(), new Told(), usual)).getMessage());
            return new Told().ask(prompt, seed);
        }, usual);
        assertTrue(refusal.get().startsWith("Another run is writing to"), refusal.get());
    }

    @Test
    void removedOutputIsMadeAgain() throws IOException {
        var table = table("t.csv", "name\na\nb\n");
        var usual = ScriptedRun.usual(OutputFormat.MD, "name");
        ScriptedRun.run(table, "{{ name }}", out(), new Told(), usual);
        Files.delete(out().resolve("a.md"));
        assertEquals(1, ScriptedRun.run(table, "{{ name }}", out(), new Told(), usual).made());
        assertEquals(List.of("a.md", "b.md"), outputs());
    }

    @Test
    void columnThatTheTableLacksIsToldAtOnceAndOneThatARowLacksWithTheRow() throws IOException {
        var table = table("t.jsonl", "{\"a\": 1}\n{\"a\": 1, \"b\": 2}\n");
        var usual = ScriptedRun.usual(OutputFormat.MD, null);
        var fault = assertThrows(TableException.class, () -> ScriptedRun.run(table, "{{ c }}", out(), new Told(), usual));
        assertTrue(fault.getMessage().contains("template.jinja uses c, which") && fault.getMessage().endsWith("it has a, b."),
                fault.getMessage());
        assertEquals(1, ScriptedRun.run(table, "{{ b }}", out(), new Told(), usual).done());
        assertTrue(Files.readString(out().resolve("failures.csv"))
                .contains("Row 1, line 1: The column b, which the template uses, is not in this row."));
    }
}
