package dev.parley.generate.engine;

/** A request whose beams or candidates need more memory for keys and values than the engine has. */
public final class TooManyBranchesException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TooManyBranchesException(String message) {
        super(message);
    }
}
