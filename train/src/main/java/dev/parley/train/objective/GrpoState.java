package dev.parley.train.objective;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.train.TrainingException;
import dev.parley.train.checkpoint.Stateful;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a run of {@link Grpo} stands: how often it has sampled, and what it sampled last as long as that is learned from. */
final class GrpoState implements Stateful {

    private static final String FILE = "grpo_state.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Content content = new Content(0, 0, List.of());

    /**
     * What is written.
     *
     * @param draws how often answers were sampled
     * @param iteration steps that the last ones were learned in
     * @param batches of these answers; none where they are used up
     */
    private record Content(long draws, int iteration, List<List<TriedAnswer>> batches) {}

    long draws() {
        return content.draws();
    }

    int iteration() {
        return content.iteration();
    }

    List<List<TriedAnswer>> batches() {
        return content.batches();
    }

    void sampled(List<List<TriedAnswer>> batches) {
        content = new Content(content.draws() + 1, 0, List.copyOf(batches));
    }

    /** A step has learned from these. @param most steps that they are to be learned in */
    void learned(List<List<TriedAnswer>> batches, int most) {
        var next = content.iteration() + 1;
        content = next < most ? new Content(content.draws(), next, List.copyOf(batches)) : new Content(content.draws(), 0, List.of());
    }

    @Override
    public void save(Path folder) throws IOException {
        DurableFile.write(folder.resolve(FILE), JSON.writeValueAsString(content));
    }

    @Override
    public void load(Path folder) throws IOException {
        Content read;
        try {
            read = JSON.readValue(folder.resolve(FILE).toFile(), Content.class);
        } catch (JacksonException e) {
            throw new TrainingException(folder.resolve(FILE) + " does not say where the run stood: " + e.getOriginalMessage() + ".");
        }
        if (read == null || !isSound(read)) throw new TrainingException(folder.resolve(FILE) + " does not say where the run stood.");
        content = read;
    }

    private static boolean isSound(Content read) {
        if (read.draws() < 0 || read.iteration() < 0 || read.batches() == null || read.iteration() > 0 == read.batches().isEmpty())
            return false;
        var all = new ArrayList<TriedAnswer>();
        for (var batch : read.batches()) {
            if (batch == null || batch.isEmpty()) return false;
            all.addAll(batch);
        }
        return all.stream().allMatch(GrpoState::isSound);
    }

    private static boolean isSound(TriedAnswer answer) {
        if (answer == null || answer.ids() == null || answer.labels() == null || answer.ids().length == 0
                || answer.ids().length != answer.labels().length || answer.old() == null || answer.reference() == null)
            return false;
        var targets = answer.row().targets();
        return (answer.old().length == 0 || answer.old().length == targets)
                && (answer.reference().length == 0 || answer.reference().length == targets);
    }

    @Override
    public boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }
}
