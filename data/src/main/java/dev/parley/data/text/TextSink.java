package dev.parley.data.text;

/** Takes what a parser finds in one file. */
interface TextSink {

    /** @param line at which it begins, counted from 1 */
    void document(String text, long line);

    /** A place that cannot be read. @throws IllegalArgumentException unless bad lines are passed over; the parser then goes on */
    void bad(long line, String fault);
}
