package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.eval.metrics.PythonRandom;
import java.util.List;
import java.util.Optional;

/** Draws the examples that a question follows, one question after the other, as lm-evaluation-harness draws them. */
final class FewShotSampler {

    private final TaskConfig task;
    private final List<ObjectNode> pool;
    private final boolean firstOnes;
    private final PythonRandom random;

    /**
     * @param pool that examples are drawn from
     */
    FewShotSampler(TaskConfig task, List<ObjectNode> pool, long seed) {
        this.task = task;
        this.pool = pool;
        var name = task.yaml().path("fewshot_config").path("sampler");
        task.checkNoFunction("fewshot_config.sampler", name);
        firstOnes = switch (name.asText("default")) {
            case "first_n" -> true;
            case "default" -> false;
            default -> throw new TaskException("The task " + task.name() + " draws its examples by the sampler " + name.asText()
                    + "; there are default and first_n.");
        };
        random = new PythonRandom(seed);
    }

    /**
     * @param asked the document that is asked about, where it may be among the examples
     */
    List<ObjectNode> draw(int n, Optional<ObjectNode> asked) {
        if (n == 0) return List.of();
        var needed = asked.isPresent() ? n + 1 : n;
        if (pool.size() < (firstOnes ? n : needed))
            throw new TaskException("The task " + task.name() + " is asked with " + n + " examples, and its split of examples has "
                    + pool.size() + "; ask with fewer by --num-fewshot.");
        var drawn = firstOnes ? pool : random.sample(pool, needed);
        return drawn.stream().filter(d -> asked.isEmpty() || !d.equals(asked.get())).limit(n).toList();
    }
}
