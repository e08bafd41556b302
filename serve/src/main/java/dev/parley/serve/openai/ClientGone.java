package dev.parley.serve.openai;

/** The client has left: there is nobody to answer. */
public final class ClientGone extends RuntimeException {

    private static final long serialVersionUID = 1;

    ClientGone() {
        super("The client has left.", null, false, false);
    }
}
