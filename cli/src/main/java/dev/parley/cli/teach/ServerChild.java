package dev.parley.cli.teach;

import dev.parley.cli.Parley;
import java.io.IOException;
import java.io.OutputStream;

/** The {@code parley} command as a server's child: it ends when the server does, however that ends, since its input ends then. */
final class ServerChild {

    private ServerChild() {}

    /** Runs the command. */
    public static void main(String... arguments) {
        Thread.ofPlatform().daemon().name("parley-parent").start(ServerChild::endWithParent);
        Parley.main(arguments);
    }

    private static void endWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // as if it had ended
        }
        Runtime.getRuntime().halt(Parley.INTERRUPTED);
    }
}
