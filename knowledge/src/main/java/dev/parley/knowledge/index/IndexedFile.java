package dev.parley.knowledge.index;

import java.util.Optional;

/**
 * A file as the index knows it.
 *
 * @param source its name, from the name of the indexed folder on
 * @param checksum SHA-256 of its bytes, in hexadecimal
 * @param modified when, in milliseconds
 * @param size in bytes
 * @param passages how many it was cut into
 * @param fault what is wrong with it, if something is: the end of a sentence that begins with its name
 */
public record IndexedFile(String source, String checksum, long modified, long size, int passages, Optional<String> fault) {}
