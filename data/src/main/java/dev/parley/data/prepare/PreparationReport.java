package dev.parley.data.prepare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What became of a corpus.
 *
 * @param documents that were read
 * @param bytes of their text in UTF-8
 * @param steps what each step did, in their order
 * @param keptDocuments documents that are left
 * @param keptBytes bytes of their text
 * @param written documents and tokens of each split
 * @param badLines places in files that could not be read and were passed over
 * @param badLineSamples sentences about some of them
 * @param notes what a reader of the figures should know
 * @param seconds the work took
 */
public record PreparationReport(long documents, long bytes, List<Step> steps, long keptDocuments, long keptBytes,
        Destination.Written written, long badLines, List<String> badLineSamples, List<String> notes, double seconds) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * What one step did.
     *
     * @param step its name
     * @param changed documents that it changed
     * @param dropped documents that it dropped
     * @param bytes that it took out, those of dropped documents included
     * @param rules dropped documents by the rule that they broke
     */
    public record Step(String step, long changed, long dropped, long bytes, Map<String, Long> rules) {}

    /** Writes it as JSON. */
    public void write(Path file) throws IOException {
        DurableFile.write(file, JSON.writeValueAsBytes(this));
    }

    /** The table that a run ends with. */
    public String table() {
        var table = new StringBuilder(
                String.format(Locale.ROOT, "%-40s %12s %12s %10s %8s%n", "step", "changed", "dropped", "MB", "of MB"));
        line(table, "read", "", documents, bytes);
        for (var step : steps) {
            if (step.changed() == 0 && step.dropped() == 0) {
                table.append(String.format(Locale.ROOT, "%-40s %12s %12s%n", step.step(), "-", "-"));
                continue;
            }
            line(table, step.step(), String.format(Locale.ROOT, "%,d", step.changed()), step.dropped(), step.bytes());
            if (step.rules().size() > 1) {
                step.rules().entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(12)
                        .forEach(rule -> table.append(
                                String.format(Locale.ROOT, "  %-38s %12s %,12d%n", rule.getKey(), "", rule.getValue())));
            }
        }
        line(table, "kept", "", keptDocuments, keptBytes);
        return table.toString();
    }

    private void line(StringBuilder table, String name, String changed, long count, long size) {
        table.append(String.format(Locale.ROOT, "%-40s %12s %,12d %,10.1f %6.1f %%%n", name, changed, count, size / 1e6,
                bytes == 0 ? 0 : 100.0 * size / bytes));
    }
}
