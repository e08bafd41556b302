package dev.parley.data.prepare;

import dev.parley.data.cleaning.Cleaning;
import dev.parley.data.cleaning.CleaningSteps;
import dev.parley.data.dedup.Contamination;
import java.util.List;
import java.util.Optional;

/**
 * What is done to a corpus.
 *
 * @param cleaning steps for each document
 * @param exactDuplicates whether documents of the same words are kept once
 * @param nearDuplicates similarity from which on documents are kept once; 0 leaves them all
 * @param memory bytes that the index of near duplicates may take
 * @param contamination texts of evaluations, if documents that hold them are looked for
 * @param dropContaminated whether these are dropped, and not only counted
 * @param threads that clean and tokenise
 */
public record PreparationSettings(Cleaning cleaning, boolean exactDuplicates, double nearDuplicates, long memory,
        Optional<Contamination> contamination, boolean dropContaminated, int threads) {

    private static final double USUAL_SIMILARITY = 0.8;

    /** Checks it. */
    public PreparationSettings {
        if (threads < 1) throw new IllegalArgumentException("Preparing a corpus needs a thread, not " + threads + ".");
    }

    /** The steps {@code light}, both kinds of duplicates removed, all processors, six tenths of the JVM heap for the index. */
    public static PreparationSettings usual() {
        return new PreparationSettings(new Cleaning(CleaningSteps.of(List.of("light"))), true, USUAL_SIMILARITY,
                Runtime.getRuntime().maxMemory() * 6 / 10, Optional.empty(), true, Runtime.getRuntime().availableProcessors());
    }

    /** The same with other steps. */
    public PreparationSettings withCleaning(Cleaning other) {
        return new PreparationSettings(other, exactDuplicates, nearDuplicates, memory, contamination, dropContaminated, threads);
    }

    /** The same with other rules about duplicates. */
    public PreparationSettings withDuplicates(boolean exact, double near) {
        return new PreparationSettings(cleaning, exact, near, memory, contamination, dropContaminated, threads);
    }

    /** The same with texts that documents are compared with. */
    public PreparationSettings withContamination(Contamination texts, boolean drop) {
        return new PreparationSettings(cleaning, exactDuplicates, nearDuplicates, memory, Optional.of(texts), drop, threads);
    }

    /** The same with other threads. */
    public PreparationSettings withThreads(int number) {
        return new PreparationSettings(cleaning, exactDuplicates, nearDuplicates, memory, contamination, dropContaminated, number);
    }
}
