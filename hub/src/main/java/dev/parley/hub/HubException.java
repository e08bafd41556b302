package dev.parley.hub;

/** A model that cannot be had; the message is one sentence for the person who can mend it. */
public final class HubException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What kept the model away. */
    public enum Reason {
        /** The name is neither a path on this machine nor can it be a name at the hub. */
        NO_NAME,
        /** A setting of the environment makes no sense. */
        SETTING,
        /** The hub has no such model, or hides it from those who may not see it. */
        NO_MODEL,
        /** The model has no such branch, tag or commit. */
        NO_REVISION,
        /** The model has no such file, or none that Parley can load. */
        NO_FILE,
        /** The hub wants a token, another token, or its terms accepted. */
        ACCESS,
        /** No answer, or none that helps, after several tries. */
        UNREACHABLE,
        /** Not in the cache, and the network is not to be used. */
        OFFLINE,
        /** The server's answer is not what was asked for, or not what it promised. */
        DAMAGED,
        /** The disk has no room, or cannot be written. */
        DISK,
        /** Another program is downloading it. */
        BUSY,
        /** The thread was interrupted; what has come is kept. */
        INTERRUPTED
    }

    private final Reason reason;

    HubException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    HubException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** {@return what went wrong, for callers that answer each reason in their own way} */
    public Reason reason() {
        return reason;
    }
}
