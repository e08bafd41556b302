package dev.parley.serve.http;

/** The client has left: there is nobody to answer. */
public final class ClientGone extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Found while something was written to it, or its connection looked at. */
    public ClientGone() {
        super("The client has left.", null, false, false);
    }
}
