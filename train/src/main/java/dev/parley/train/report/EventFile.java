package dev.parley.train.report;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A file of events as TensorBoard reads them: records with their length and checksums (TFRecord), each a protocol buffers message of
 * tensorflow/core/util/event.proto. Tags are those of transformers: {@code train/loss}, {@code eval/loss}.
 *
 * <p>Each start of a run writes a file of its own. It begins by saying from which step on it tells: TensorBoard then forgets what files
 * before it tell of that step and later ones, as of a run that went on from an earlier checkpoint.
 */
final class EventFile implements AutoCloseable {

    private static final String VERSION = "brain.Event:2";
    private static final int START = 1; // SessionLog.SessionStatus
    private static final int DT_STRING = 7; // DataType

    private final FileChannel channel;

    private EventFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Begins a file.
     *
     * @param folder that TensorBoard is given as its log directory
     * @param firstStep the first that this file can tell of
     * @param time seconds since 1970
     */
    static EventFile create(Path folder, long firstStep, double time) throws IOException {
        Files.createDirectories(folder);
        var file = new EventFile(newChannel(folder, (long) time));
        file.write(event(0, time).text(3, VERSION));
        file.write(event(firstStep, time).message(7, new ProtobufMessage().varint(1, START)));
        return file;
    }

    /** TensorBoard knows the files by their name, and reads them in the order of the second in it. */
    private static FileChannel newChannel(Path folder, long second) throws IOException {
        for (int n = 0;; n++) {
            var name = "events.out.tfevents." + String.format(Locale.ROOT, "%010d", second) + "." + host() + "."
                    + ProcessHandle.current().pid() + "."
                    + n;
            try {
                return FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                // a run of this process began in the same second
            }
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9-]", "-");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    void append(MetricLine line) throws IOException {
        if (!line.numbers().isEmpty()) scalars(line);
        for (int i = 0; i < line.samples().size(); i++) {
            var sample = line.samples().get(i);
            text(line.step(), line.time(), "samples/" + (i + 1), "**" + sample.prompt() + "**" + sample.text());
        }
        if (line.note().isPresent()) text(line.step(), line.time(), "notes", line.note().get());
    }

    private void scalars(MetricLine line) throws IOException {
        var summary = new ProtobufMessage();
        for (Map.Entry<String, Double> number : line.numbers().entrySet()) {
            summary.message(1, new ProtobufMessage().text(1, tag(number.getKey())).number(2, number.getValue().floatValue()));
        }
        write(event(line.step(), line.time()).message(5, summary));
    }

    /** {@code loss} is {@code train/loss}, and {@code eval_loss} {@code eval/loss}. */
    static String tag(String name) {
        return name.startsWith("eval_") ? "eval/" + name.substring("eval_".length()) : "train/" + name;
    }

    /** A text in Markdown, for TensorBoard's plugin for texts. */
    void text(long step, double time, String tag, String markdown) throws IOException {
        var one = new ProtobufMessage().message(2, new ProtobufMessage().varint(1, 1)); // TensorShapeProto of [1]
        var tensor = new ProtobufMessage().varint(1, DT_STRING).message(2, one).text(8, markdown);
        var metadata = new ProtobufMessage().message(1, new ProtobufMessage().text(1, "text"));
        var value = new ProtobufMessage().text(1, tag + "/text_summary").message(8, tensor).message(9, metadata);
        write(event(step, time).message(5, new ProtobufMessage().message(1, value)));
    }

    private static ProtobufMessage event(long step, double time) {
        return new ProtobufMessage().number(1, time).varint(2, step);
    }

    private void write(ProtobufMessage event) throws IOException {
        var data = event.toBytes();
        var record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length);
        record.putInt(masked(record.array(), 8)).put(data).putInt(masked(data, data.length)).flip();
        while (record.hasRemaining()) channel.write(record);
    }

    /** The checksum of checksums that are data themselves would be weak: so they are turned, and something is added. */
    private static int masked(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    @Override
    public void close() throws IOException {
        channel.force(true);
        channel.close();
    }
}
