package dev.parley.serve.store;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Makes a value of a row. */
@FunctionalInterface
public interface RowReader<T> {

    /** @param row stands at the row; must not be moved */
    T read(ResultSet row) throws SQLException;
}
