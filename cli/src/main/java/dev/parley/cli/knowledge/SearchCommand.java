package dev.parley.cli.knowledge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.WrongUsage;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.Passage;
import dev.parley.knowledge.rerankers.EngineReranker;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code knowledge search}: the passages that a question is about. */
@Command(name = "search", description = "Find the passages that a question is about.",
        footer = {"", "Examples:", "  ./parley knowledge search --index my-index \"How long may I return it?\" --k 3",
            "  ./parley knowledge search --index my-index \"How long may I return it?\" --reranker Qwen/Qwen3-Reranker-0.6B"})
final class SearchCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    private IndexOption index;

    @Parameters(paramLabel = "QUESTION", description = "The question, in any language that the documents are in.")
    private String question;

    @Option(names = "--k", paramLabel = "N", defaultValue = "5", description = "How many passages. Default: ${DEFAULT-VALUE}.")
    private int k;

    @Mixin
    private RerankerOption reranker;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    SearchCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        if (k < 1) throw new WrongUsage("--k is " + k + "; at least one passage can be found.");
        var folder = index.existing();
        var judge = reranker.open(output);
        try (var _ = closing(judge); var vectors = EmbedderOption.toSearch(folder, output);
                var knowledge = judge.isPresent() ? KnowledgeBase.open(folder, vectors, judge.get())
                        : KnowledgeBase.open(folder, vectors)) {
            var start = System.nanoTime();
            var passages = knowledge.search(question, k);
            var millis = (System.nanoTime() - start) / 1e6;
            if (json) printJson(passages, millis);
            else passages.forEach(this::print);
            if (passages.isEmpty() || !passages.getFirst().isRelevant())
                output.note("Nothing in the index is held to be about this question.");
        }
        return Parley.DONE;
    }

    private static Closed closing(Optional<EngineReranker> reranker) {
        return () -> reranker.ifPresent(EngineReranker::close);
    }

    /** Closes without a checked exception. */
    private interface Closed extends AutoCloseable {
        @Override
        void close();
    }

    private void print(Passage passage) {
        output.line(String.format(Locale.ROOT, "%s%s  relevance %.2f%s", passage.source(),
                passage.page() == 0 ? "" : ", page " + passage.page(), passage.relevance(),
                passage.title().isEmpty() ? "" : "\n" + passage.title()));
        output.line(passage.text().indent(4).stripTrailing() + "\n");
    }

    private void printJson(List<Passage> passages, double millis) {
        var result = JsonNodeFactory.instance.objectNode().put("question", question).put("milliseconds", Math.round(millis * 10) / 10.0);
        var array = result.putArray("passages");
        for (var p : passages) {
            array.addObject().put("id", p.id()).put("source", p.source()).put("title", p.title()).put("page", p.page())
                    .put("start", p.start())
                    .put("end", p.end()).put("text", p.text()).put("language", p.language()).put("score", p.score())
                    .put("relevance", p.relevance());
        }
        output.json(result);
    }
}
