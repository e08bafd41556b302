package dev.parley.generate.engine;

/** So many requests wait already that another is refused. */
public final class QueueFullException extends RuntimeException {

    private static final long serialVersionUID = 1;

    QueueFullException(int waiting) {
        super(waiting + " requests wait already; try again in a moment.");
    }
}
