package dev.parley.hub;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;

/** Something that another try may mend: a busy server, a cut connection. */
final class RetryableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Optional<Duration> wait;

    /**
     * @param message what happened, as the end of a sentence
     * @param wait how long the server asks to wait
     */
    RetryableException(String message, Optional<Duration> wait) {
        super(message);
        this.wait = wait;
    }

    RetryableException(String message) {
        this(message, Optional.empty());
    }

    /** What happened to a connection, in words: Java's own messages are often empty. */
    static RetryableException of(Exception problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException)
                return new RetryableException("its name is not known here");
        }
        return new RetryableException(switch (problem) {
            case HttpConnectTimeoutException e -> "it does not answer";
            case HttpTimeoutException e -> "it fell silent";
            case ConnectException e -> "the connection was refused";
            default -> "the connection broke: " + problem.getMessage();
        });
    }

    Optional<Duration> askedWait() {
        return wait;
    }
}
