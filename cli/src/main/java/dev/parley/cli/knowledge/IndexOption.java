package dev.parley.cli.knowledge;

import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.KnowledgeException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names an index to read. */
final class IndexOption {

    @Option(names = "--index", required = true, paramLabel = "DIR", description = "The folder of the index.")
    private Path folder;

    /** Its folder. @throws KnowledgeException if there is no index in it */
    Path existing() {
        if (KnowledgeBase.embedderOf(folder).isEmpty()) {
            throw new KnowledgeException(folder + " holds no index; make one: ./parley knowledge index FOLDER --index " + folder + ".");
        }
        return folder;
    }
}
