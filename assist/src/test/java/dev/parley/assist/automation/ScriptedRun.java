package dev.parley.assist.automation;

import dev.parley.jinja.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A run whose answers tell what they were asked; also a program of its own, for tests that kill it. */
final class ScriptedRun {

    private ScriptedRun() {}

    /** Arguments: the table, the folder for the outputs. */
    public static void main(String[] arguments) throws IOException {
        run(Path.of(arguments[0]), "About {{ name }}", Path.of(arguments[1]), new Told(), usual(OutputFormat.MD, "name"));
    }

    static TableRun.Options usual(OutputFormat format, String key) {
        return new TableRun.Options(format, Optional.empty(), Optional.ofNullable(key), 8, Long.MAX_VALUE, 7, false, false);
    }

    static TableReport run(Path table, String template, Path out, RowResponder responder, TableRun.Options options) throws IOException {
        return prepared(table, template, responder, options).run(out, (done, total, failed) -> {});
    }

    static TableRun prepared(Path table, String template, RowResponder responder, TableRun.Options options) {
        var rows = Table.open(table, Optional.empty());
        return new TableRun(rows, new RowPrompts(Template.parse(template, "template.jinja"), rows), responder, new RunIdentity(), options);
    }

    /** Tells prompt and seed, a little later and out of order. */
    static final class Told implements RowResponder {

        @Override
        public Reply ask(String prompt, long seed) {
            var later = CompletableFuture.delayedExecutor(Math.floorMod(seed, 7), TimeUnit.MILLISECONDS);
            return new Scripted(CompletableFuture.supplyAsync(() -> new Answer(text(prompt, seed), 3, false), later));
        }

        static String text(String prompt, long seed) {
            return prompt + ", by " + seed;
        }
    }

    record Scripted(CompletableFuture<RowResponder.Answer> answer) implements RowResponder.Reply {

        static RowResponder.Reply of(String text) {
            return new Scripted(CompletableFuture.completedFuture(new RowResponder.Answer(text, 1, false)));
        }

        @Override
        public void cancel() {
            answer.cancel(true);
        }
    }
}
