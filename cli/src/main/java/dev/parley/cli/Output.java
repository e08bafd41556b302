package dev.parley.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Where a command's words go: results to standard output, everything else to standard error, so that what is piped on
 * is clean. Both are UTF-8, whatever the locale says. Colours only on a terminal, and never when {@code NO_COLOR} is set
 * (no-color.org).
 *
 * <pre>{@code
 * output.note("reading " + file);
 * output.json(Map.of("tokens", 12));
 * }</pre>
 */
public final class Output {

    /** Nobody reads the results any more, as after {@code | head}: there is nobody to tell, and no more to do. */
    public static final class ReaderGone extends RuntimeException {
        private static final long serialVersionUID = 1;

        ReaderGone(IOException cause) {
            super("The results could not be written: " + cause.getMessage() + ".", cause);
        }
    }

    private final Writer results;
    private final PrintWriter notes;
    private final boolean resultsOnTerminal;
    private final boolean notesOnTerminal;

    private Output(OutputStream results, OutputStream notes, boolean resultsOnTerminal, boolean notesOnTerminal) {
        this.results = new BufferedWriter(new OutputStreamWriter(results, StandardCharsets.UTF_8), 1 << 16);
        this.notes = new PrintWriter(new OutputStreamWriter(notes, StandardCharsets.UTF_8), true);
        this.resultsOnTerminal = resultsOnTerminal;
        this.notesOnTerminal = notesOnTerminal;
    }

    /**
     * The program's own streams. The launcher tells by the properties {@code parley.stdout.terminal} and
     * {@code parley.stderr.terminal} which are terminals, since Java can only ask about input and output together.
     */
    public static Output standard() {
        return new Output(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err),
                Boolean.getBoolean("parley.stdout.terminal"), Boolean.getBoolean("parley.stderr.terminal"));
    }

    /** Streams of any kind, neither of them a terminal. */
    public static Output to(OutputStream results, OutputStream notes) {
        return new Output(results, notes, false, false);
    }

    /**
     * Writes a line of results.
     *
     * @throws ReaderGone if nobody reads them any more
     */
    public void line(String text) {
        print(text + "\n");
    }

    /**
     * Writes results without ending the line, and at once, as a stream of tokens wants it.
     *
     * @throws ReaderGone if nobody reads them any more
     */
    public void stream(String text) {
        print(text);
        flush();
    }

    private void print(String text) {
        try {
            results.write(text);
            if (resultsOnTerminal) results.flush();
        } catch (IOException e) {
            throw new ReaderGone(e);
        }
    }

    /**
     * Writes a value as one line of JSON.
     *
     * @param value records, maps, lists, arrays, numbers and strings
     * @throws ReaderGone if nobody reads it any more
     */
    public void json(Object value) {
        try {
            line(Json.MAPPER.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("No JSON can be made of " + value.getClass().getName(), e);
        }
    }

    /** Writes a line for the person who watches, to standard error. */
    public void note(String text) {
        notes.println(text);
    }

    /** Whether results may be coloured. */
    public boolean coloursResults() {
        return resultsOnTerminal && !noColor();
    }

    /** Whether notes may be coloured. */
    public boolean coloursNotes() {
        return notesOnTerminal && !noColor();
    }

    /** Whether notes go to a terminal, where a line can be written over. */
    public boolean notesOnTerminal() {
        return notesOnTerminal;
    }

    private static boolean noColor() {
        var asked = System.getenv("NO_COLOR");
        return asked != null && !asked.isEmpty();
    }

    /**
     * Results so far reach their reader now.
     *
     * @throws ReaderGone if there is none any more
     */
    public void flush() {
        try {
            results.flush();
        } catch (IOException e) {
            throw new ReaderGone(e);
        }
        notes.flush();
    }

    PrintWriter resultsWriter() {
        return new PrintWriter(results);
    }

    PrintWriter notesWriter() {
        return notes;
    }

    /** Made at first use: most calls, {@code --help} among them, write no JSON. */
    private static final class Json {
        private static final ObjectMapper MAPPER = new ObjectMapper();
    }
}
