package dev.parley.cli.accounts;

import dev.parley.cli.WrongUsage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a password comes from. It is no argument, since those are seen by all who may list this machine's programs. */
final class PasswordOption {

    @Option(names = "--password-stdin", description = "Read the password from the first line of standard input.")
    private boolean fromInput;

    /** Asks for a new password, twice. @throws WrongUsage if nobody is there to be asked */
    String read(String user) throws IOException {
        if (fromInput) return firstLine();
        var console = System.console();
        if (console == null || !console.isTerminal())
            throw new WrongUsage("No terminal to ask for a password: use --password-stdin and send it in.");
        var first = console.readPassword("Password for %s: ", user);
        var again = console.readPassword("Password again: ");
        if (first == null || again == null) throw new IllegalArgumentException("No password was given; nothing was changed.");
        if (!String.valueOf(first).equals(String.valueOf(again)))
            throw new IllegalArgumentException("The two passwords differ; nothing was changed.");
        return String.valueOf(first);
    }

    private static String firstLine() throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return Optional.ofNullable(in.readLine())
                .orElseThrow(() -> new IllegalArgumentException("Standard input has no password; nothing was changed."));
    }
}
