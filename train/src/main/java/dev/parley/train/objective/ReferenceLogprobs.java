package dev.parley.train.objective;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.model.TrainingBatch;
import dev.parley.model.TrainingExample;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainingException;
import dev.parley.train.checkpoint.Stateful;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How likely each answer was to the model as it began: without its adapter where it has one, and else by the weights before the first step.
 * It is read once, before that step, and kept with the run. The examples of the first step are read in the very batches of that step, so
 * that policy and reference are equal to the bit there.
 *
 * @param <E> an example, whose rows are answers
 */
final class ReferenceLogprobs<E extends TrainingExample> implements Stateful {

    private static final String FILE = "reference_logps.json";
    private static final int EXAMPLES_TOGETHER = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<E> examples;
    private final Map<E, Integer> numbers = new IdentityHashMap<>();
    private double[][] known = new double[0][]; // ln p of the rows of each example

    /** @param examples all that will be asked for, by their identity */
    ReferenceLogprobs(List<E> examples) {
        this.examples = examples;
        for (int i = 0; i < examples.size(); i++) numbers.put(examples.get(i), i);
    }

    /** Reads all examples, unless that was done. @param first batches to read as they are */
    void prepare(TrainableLM model, List<List<E>> first) {
        if (known.length > 0) return;
        var read = new double[examples.size()][];
        model.withoutAdapter(() -> {
            for (var batch : first) read(batch, asLearned(model), read);
            var size = Math.max(EXAMPLES_TOGETHER, first.stream().mapToInt(List::size).max().orElse(1));
            var others = examples.stream().filter(example -> read[numbers.get(example)] == null).toList();
            for (int start = 0; start < others.size(); start += size) {
                read(others.subList(start, Math.min(others.size(), start + size)), model::targetLogprobs, read);
            }
            return read;
        });
        known = read;
    }

    /** By the very way that a step reads: without gradients some operators round otherwise. */
    private static Function<TrainingBatch, double[]> asLearned(TrainableLM model) {
        return batch -> {
            try (var pass = model.pass(batch)) {
                return pass.logprobs();
            }
        };
    }

    private void read(List<E> batch, Function<TrainingBatch, double[]> logprobs, double[][] into) {
        var answers = new Answers(inTurn(batch));
        var sums = answers.sums(logprobs.apply(answers.batch()));
        for (int i = 0; i < batch.size(); i++) {
            var own = new double[batch.get(i).rows().size()];
            for (int row = 0; row < own.length; row++) own[row] = sums[row * batch.size() + i];
            into[numbers.get(batch.get(i))] = own;
        }
    }

    /** The first rows of all examples, then their second rows, and so on: as {@link Answers} of a batch has them. */
    static List<TrainingRow> inTurn(List<? extends TrainingExample> batch) {
        var rows = new ArrayList<TrainingRow>();
        for (int row = 0; row < batch.getFirst().rows().size(); row++) {
            for (var example : batch) rows.add(example.rows().get(row));
        }
        return rows;
    }

    /** ln p of the rows of an example. */
    double[] of(E example) {
        return known[numbers.get(example)];
    }

    @Override
    public void save(Path folder) throws IOException {
        DurableFile.write(folder.resolve(FILE), JSON.writeValueAsString(known));
    }

    @Override
    public void load(Path folder) throws IOException {
        double[][] read;
        try {
            read = JSON.readValue(folder.resolve(FILE).toFile(), double[][].class);
        } catch (JacksonException e) {
            throw new TrainingException(folder.resolve(FILE) + " is no list of lists of numbers: " + e.getOriginalMessage() + ".");
        }
        if (read.length != 0 && read.length != examples.size()) {
            throw new TrainingException(folder.resolve(FILE) + " has " + read.length + " examples where the run has " + examples.size()
                    + " (held-out ones with them).");
        }
        for (int i = 0; i < read.length; i++) {
            if (read[i] == null || read[i].length != examples.get(i).rows().size())
                throw new TrainingException(folder.resolve(FILE) + ": example " + i + " has not as many answers as the run's.");
        }
        known = read;
    }

    @Override
    public boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }
}
