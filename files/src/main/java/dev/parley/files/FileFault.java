package dev.parley.files;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** What was wrong with a file, in words: the JDK's exceptions often say no more than its name. */
public final class FileFault {

    private FileFault() {}

    /**
     * The end of a sentence that has named the file.
     *
     * <pre>{@code
     * throw new DocumentException(file + " cannot be read: " + FileFault.reason(e) + ".");
     * }</pre>
     */
    public static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "access is denied";
            case NoSuchFileException _ -> "it is not there";
            case FileSystemLoopException _ -> "its links lead back to it";
            case CharacterCodingException _ -> "it is not UTF-8";
            case FileSystemException file when file.getReason() != null -> file.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
