package dev.parley.data.text;

/**
 * What a document is in a file of plain text.
 *
 * <pre>{@code
 * Division.of("file");            // the whole file: a book, a page, a program
 * Division.of("blank-lines");     // what stands between blank lines
 * Division.of("lines");           // each line
 * Division.of("<|endoftext|>");   // what stands between lines that say only this
 * }</pre>
 */
public sealed interface Division {

    /** The whole file, as it is: text that is to be read on and on. */
    record WholeFile() implements Division {}

    /** Paragraphs that blank lines divide. */
    record BlankLines() implements Division {}

    /** Each line that is not blank. */
    record Lines() implements Division {}

    /**
     * What stands between lines that hold only a mark.
     *
     * @param mark such as {@code <|endoftext|>}
     */
    record Marks(String mark) implements Division {

        /** Checks it. */
        public Marks {
            if (mark.isBlank()) throw new IllegalArgumentException("The mark between documents is empty; name one, such as <|endoftext|>.");
        }
    }

    /** A division by its name; any other word is the mark on the lines between documents. */
    static Division of(String name) {
        return switch (name) {
            case "file" -> new WholeFile();
            case "blank-lines" -> new BlankLines();
            case "lines" -> new Lines();
            default -> new Marks(name.strip());
        };
    }
}
