package dev.parley.cli.knowledge;

import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.knowledge.rerankers.EngineReranker;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that says which model has the last word on the order of passages. */
final class RerankerOption {

    @Option(names = "--reranker", paramLabel = "MODEL",
            description = "A model that reads the question with each of the " + EngineReranker.MOST_READ
                    + " best passages and orders them by what it says: a folder, a .gguf file or org/name of the hub, such as "
                    + "Qwen/Qwen3-Reranker-0.6B. Default: none, the order is by relevance.")
    private String name;

    /** The reranker, if one is asked for; the caller closes it. */
    Optional<EngineReranker> open(Output output) {
        return Optional.ofNullable(name).map(model -> EngineReranker.open(Downloads.model(model, output)));
    }
}
