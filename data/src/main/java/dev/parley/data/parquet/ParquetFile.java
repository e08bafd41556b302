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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A table in Parquet, row by row as JSON: lists and structures as they are, bytes that are no text as base64. Reads pages without
 * compression, by Snappy and by gzip, plain or by dictionary.
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
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var footer = footer(channel);
            var table = SchemaNode.of(footer.list(2));
            for (var group : footer.list(4)) {
                var rows = rows(channel, table, group);
                for (long n = group.number(3, 0); n > 0; n--) onRow.accept(rows.row(table));
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
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

    private static RowAssembler rows(FileChannel channel, SchemaNode table, Fields group) throws IOException {
        var columns = new ArrayList<ColumnPages>();
        var chunks = group.list(1);
        if (chunks.size() != table.columns().size()) throw new ParquetException("its row groups have not the columns of its footer");
        for (int c = 0; c < chunks.size(); c++) {
            var chunk = chunks.get(c).fields(3);
            var from = chunk.number(9, 0);
            if (chunk.has(11) && chunk.number(11, 0) > 0) from = Math.min(from, chunk.number(11, 0));
            columns.add(
                    new ColumnPages(table.columns().get(c), bytes(channel, from, Math.toIntExact(chunk.number(7, 0))), chunk.small(4, 0),
                            chunk.number(5, 0)));
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
