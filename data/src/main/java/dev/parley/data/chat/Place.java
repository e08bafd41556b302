package dev.parley.data.chat;

import java.nio.file.Path;

/**
 * Where a record of a file stands.
 *
 * @param unit what the file counts: line or row
 * @param number from 1
 */
public record Place(Path file, String unit, long number) {

    @Override
    public String toString() {
        return file + ", " + unit + " " + number;
    }
}
