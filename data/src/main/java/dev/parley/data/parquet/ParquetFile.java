package dev.parley.data.parquet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.parquet.CompactThrift.Fields;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A table in Parquet, row by row as JSON: lists and structures as they are, bytes that are no text as base64. Reads pages without
 * compression, by Snappy, gzip and Zstandard, plain, by dictionary or by lengths. Of each column one page is in memory at a time.
 */
public final class ParquetFile {

    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int LARGEST_FOOTER = 1 << 28;

    private ParquetFile() {}

    /**
     * Hands over each row, in order.
     *
     * @throws ParquetException saying what is wrong with the file
     */
    public static void read(Path file, Consumer<ObjectNode> onRow) throws IOException {
        read(file, Set.of(), _ -> {}, onRow);
    }

    /**
     * Hands over some fields of each row, in order; pages of other columns are not read.
     *
     * @param fields of the table by name; all of them if there is none
     * @param onBytes told how many bytes of the file have been read, or passed over, since the last call
     * @throws ParquetException saying what is wrong with the file, or which fields there are instead
     */
    public static void read(Path file, Set<String> fields, LongConsumer onBytes, Consumer<ObjectNode> onRow) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var footer = parsed(() -> footer(channel));
            var table = parsed(() -> SchemaNode.of(footer.list(2)));
            var wanted = table.only(fields);
            for (var group : parsed(() -> footer.list(4))) {
                var rows = parsed(() -> rows(channel, table, wanted, group));
                for (long n = group.number(3, 0); n > 0; n--) onRow.accept(parsed(() -> rows.row(wanted)));
                onBytes.accept(Math.max(0, group.number(6, group.number(2, 0))));
            }
        }
    }

    /** A step of reading; what goes wrong inside of it is the file's fault. */
    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }

    private static <T> T parsed(Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (ParquetException e) {
            throw e;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException
                | ClassCastException | NegativeArraySizeException e) {
            throw new ParquetException("it is damaged or cut off");
        }
    }

    private static Fields footer(FileChannel channel) throws IOException {
        var size = channel.size();
        if (size < 12) throw new ParquetException("it is no Parquet file");
        var end = bytes(channel, size - 8, 8);
        var length = end.getInt();
        var magic = new byte[4];
        end.get(magic);
        if (!Arrays.equals(magic, MAGIC) || length < 0 || length > Math.min(size - 12, LARGEST_FOOTER))
            throw new ParquetException("it is no Parquet file, or is cut off");
        return new CompactThrift(bytes(channel, size - 8 - length, length)).structure();
    }

    private static RowAssembler rows(FileChannel channel, SchemaNode table, SchemaNode wanted, Fields group) throws IOException {
        var chunks = group.list(1);
        if (chunks.size() != table.columns().size()) throw new ParquetException("its row groups have not the columns of its footer");
        var columns = new ColumnPages[chunks.size()]; // null where a column is not wanted
        for (var column : wanted.columns()) {
            var chunk = chunks.get(column.column()).fields(3);
            var from = chunk.number(9, 0);
            if (chunk.has(11) && chunk.number(11, 0) > 0) from = Math.min(from, chunk.number(11, 0));
            var pages = new PageReader(channel, from, chunk.number(7, 0), chunk.small(4, 0));
            columns[column.column()] = new ColumnPages(column, pages, chunk.number(5, 0));
        }
        return new RowAssembler(columns);
    }

    private static ByteBuffer bytes(FileChannel channel, long from, int length) throws IOException {
        if (from < 0 || length < 0 || from + length > channel.size()) throw new ParquetException("it is cut off");
        var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {}
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }
}
