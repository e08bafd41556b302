package dev.parley.assist.automation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A row of a table.
 *
 * @param number from 1, the head line of a CSV file not counted
 * @param line of the file in which it begins, from 1
 * @param cells by column; empty where the row has a fault
 * @param fault why it cannot be used, in one sentence
 */
public record TableRow(long number, long line, ObjectNode cells, Optional<String> fault) {

    /** A row without a fault. */
    static TableRow of(long number, long line, ObjectNode cells) {
        return new TableRow(number, line, cells, Optional.empty());
    }
}
