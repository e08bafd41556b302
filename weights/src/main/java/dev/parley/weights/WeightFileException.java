package dev.parley.weights;

import java.nio.file.Path;

/** A weight file that is damaged, unsafe or of no known kind; the message names the file and, where it can, the tensor. */
public final class WeightFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WeightFileException(Path file, String fault) {
        super(file.getFileName() + ": " + fault + ".");
    }

    WeightFileException(String message) {
        super(message);
    }
}
