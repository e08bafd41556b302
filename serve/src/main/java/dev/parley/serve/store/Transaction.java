package dev.parley.serve.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Statements that take effect together or not at all. Arguments are strings, numbers, truth values (kept as 0 and 1), or
 * null; they never become part of the SQL.
 */
public final class Transaction {

    private final Connection connection;

    Transaction(Connection connection) {
        this.connection = connection;
    }

    /**
     * All rows that a query finds.
     *
     * @throws StoreException if it cannot be run
     */
    public <T> List<T> list(String sql, RowReader<T> reader, Object... arguments) {
        try (var statement = prepared(sql, arguments); var rows = statement.executeQuery()) {
            var all = new ArrayList<T>();
            while (rows.next()) all.add(reader.read(rows));
            return all;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * The first row that a query finds, if it finds one.
     *
     * @throws StoreException if it cannot be run
     */
    public <T> Optional<T> first(String sql, RowReader<T> reader, Object... arguments) {
        try (var statement = prepared(sql, arguments); var rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * Changes rows.
     *
     * @return how many
     * @throws StoreException if it cannot be run
     */
    public int update(String sql, Object... arguments) {
        try (var statement = prepared(sql, arguments)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private PreparedStatement prepared(String sql, Object... arguments) throws SQLException {
        var statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < arguments.length; i++) set(statement, i + 1, arguments[i]);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private static void set(PreparedStatement statement, int at, Object value) throws SQLException {
        switch (value) {
            case null -> statement.setNull(at, Types.NULL); // of whatever type the column is
            case String s -> statement.setString(at, s.indexOf('\0') < 0 ? s : s.replace('\0', '\uFFFD')); // PostgreSQL's text has no NUL
            case Long n -> statement.setLong(at, n);
            case Integer n -> statement.setInt(at, n);
            case Double n -> statement.setDouble(at, n);
            case Boolean b -> statement.setInt(at, b ? 1 : 0);
            default -> throw new IllegalArgumentException("A " + value.getClass().getSimpleName() + " is no argument of a statement.");
        }
    }

    private static StoreException failed(SQLException cause) {
        return new StoreException("The database failed: " + Database.firstLine(cause), cause);
    }
}
