package dev.parley.train.checkpoint;

import dev.parley.files.DurableFile;
import dev.parley.files.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * The folders {@code checkpoint-STEP} of an output folder. They themselves are the only truth about what there is: each comes
 * and goes by a single rename, so that a run killed at any moment leaves whole ones only, and the one of the highest step is
 * the last. What a kill leaves half done has a name that begins with a dot, and is swept away when the next run begins.
 */
public final class Checkpoints {

    private static final String PREFIX = "checkpoint-";
    private static final String CHECKPOINT = PREFIX + "[0-9]{1,18}";
    private static final String PART = "\\." + CHECKPOINT + "\\.part";
    private static final String DELETED = "\\." + CHECKPOINT + "\\.deleted";

    /** A single file that {@link DurableFile} was writing. */
    static final String UNFINISHED_FILE = "\\..+\\.[0-9a-f-]{36}\\.part";

    private static final long BESIDES = 1 << 16; // bytes of the small files of a checkpoint

    private final Path outputDir;

    Checkpoints(Path outputDir) {
        this.outputDir = outputDir;
    }

    /** The last whole checkpoint of a run's output folder, from which it can go on. */
    public static Optional<Path> last(Path outputDir) throws IOException {
        var all = all(outputDir);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /** The whole checkpoints of an output folder, those of earlier steps first. */
    public static List<Path> all(Path outputDir) throws IOException {
        return new Checkpoints(outputDir).list();
    }

    /** Whether a folder is a whole checkpoint: it has the file that is written last. */
    public static boolean isWhole(Path folder) {
        return Files.isRegularFile(folder.resolve(TrainerState.FILE));
    }

    static String name(long step) {
        return PREFIX + step;
    }

    Path folder(long step) {
        return outputDir.resolve(name(step));
    }

    /** The whole ones, those of earlier steps first. */
    List<Path> list() throws IOException {
        return named(CHECKPOINT).stream().filter(Checkpoints::isWhole).sorted(Comparator.comparingLong(Checkpoints::step)).toList();
    }

    private List<Path> named(String pattern) throws IOException {
        if (!Files.isDirectory(outputDir)) return List.of();
        try (var files = Files.list(outputDir)) {
            return files.filter(f -> f.getFileName().toString().matches(pattern)).toList();
        }
    }

    private static long step(Path folder) {
        return Long.parseLong(folder.getFileName().toString().substring(PREFIX.length()));
    }

    /** Removes what runs that were killed left half done in an output folder. */
    public static void sweep(Path outputDir) throws IOException {
        var checkpoints = new Checkpoints(outputDir);
        for (var leftover : checkpoints.named(PART + "|" + UNFINISHED_FILE)) FolderTree.delete(leftover);
        for (var leftover : checkpoints.named(DELETED)) checkpoints.finishDeleting(leftover);
    }

    /** @throws IOException if the folder cannot be written to, or the disk has no room for a checkpoint */
    void requireRoom(Checkpoint checkpoint) throws IOException {
        Files.createDirectories(outputDir);
        Files.delete(Files.createFile(outputDir.resolve(".room." + UUID.randomUUID() + ".part")));
        var needed = checkpoint.bytes() + BESIDES;
        var free = Files.getFileStore(outputDir).getUsableSpace();
        if (free < needed) {
            throw new IOException(String.format(Locale.ROOT, "the disk has %,d kB left, and a checkpoint takes %,d kB",
                    free / 1000, needed / 1000));
        }
    }

    /**
     * Writes a checkpoint; what was written of one that fails is removed.
     *
     * @throws IOException if it cannot be written, above all where the disk is full
     */
    Path write(Checkpoint checkpoint, TrainerState state) throws IOException {
        requireRoom(checkpoint);
        var folder = folder(state.step());
        var beside = outputDir.resolve("." + name(state.step()) + ".part");
        try {
            FolderTree.delete(beside);
            checkpoint.write(beside, state);
            OwnFiles.list(beside);
            if (isWhole(folder)) delete(folder);
            if (Files.exists(folder)) DurableFile.moveOver(folder, freeName(folder)); // what else is in there is somebody's own
            DurableFile.moveOver(beside, folder);
            DurableFile.syncFolder(outputDir);
            return folder;
        } catch (IOException | RuntimeException e) {
            FolderTree.delete(beside);
            throw e;
        }
    }

    /**
     * Deletes the oldest until so many are left, the best among them, as transformers does: the last always stays, the best
     * before any other. Where one is to stay, it is the last.
     *
     * @param keep 0 keeps all
     * @param needsBest whether the best is needed later, so that with one to keep there are two
     */
    void rotate(int keep, Optional<TrainerState.Evaluation> best, boolean needsBest) throws IOException {
        if (keep == 0) return;
        var all = new ArrayList<>(list());
        var bestFolder = best.map(b -> folder(b.step())).filter(all::contains);
        var kept = keep == 1 && needsBest && bestFolder.isPresent() && !bestFolder.get().equals(all.getLast()) ? 2 : keep;
        if (kept > 1 && bestFolder.isPresent() && !bestFolder.get().equals(all.getLast())) {
            all.remove(bestFolder.get());
            all.add(all.size() - 1, bestFolder.get());
        }
        for (var folder : all.subList(0, Math.max(0, all.size() - kept))) delete(folder);
    }

    /** Whole ones; what somebody has taken parts out of is not ours to delete. */
    void deleteAll() throws IOException {
        for (var folder : list()) delete(folder);
        for (var folder : list()) {
            throw new IOException(folder + " does not say which of its files are Parley's, so that it is for you to delete");
        }
    }

    /** In one step for whoever looks: half a checkpoint must not be taken for one. */
    private void delete(Path folder) throws IOException {
        var away = outputDir.resolve("." + folder.getFileName() + ".deleted");
        if (Files.exists(away)) finishDeleting(away);
        DurableFile.moveOver(folder, away);
        DurableFile.syncFolder(outputDir);
        finishDeleting(away);
    }

    /** Somebody else's files come back under the checkpoint's name, which is none any more. */
    private void finishDeleting(Path away) throws IOException {
        if (OwnFiles.delete(away)) return;
        var name = away.getFileName().toString();
        var back = outputDir.resolve(name.substring(1, name.length() - ".deleted".length()));
        DurableFile.moveOver(away, Files.exists(back) ? freeName(back) : back);
        DurableFile.syncFolder(outputDir);
    }

    /**
     * Gives the checkpoints after a step another name: a run that goes on from there makes its own, and those of the run that
     * was left are not its line. They stay for whoever wants them.
     *
     * @return their new names
     */
    List<Path> setAside(long afterStep) throws IOException {
        // The last first: killed between, none of them is in front of one that came before it.
        var others = list().reversed().stream().filter(f -> step(f) > afterStep).toList();
        var aside = others.stream().map(this::freeName).toList();
        for (int i = 0; i < others.size(); i++) DurableFile.moveOver(others.get(i), aside.get(i));
        if (!others.isEmpty()) DurableFile.syncFolder(outputDir);
        return aside;
    }

    private Path freeName(Path folder) {
        var name = folder.resolveSibling(folder.getFileName() + ".abandoned");
        for (int n = 2; Files.exists(name); n++) name = folder.resolveSibling(folder.getFileName() + ".abandoned-" + n);
        return name;
    }
}
