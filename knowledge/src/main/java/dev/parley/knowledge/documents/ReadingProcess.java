package dev.parley.knowledge.documents;

import dev.parley.files.FileFault;
import dev.parley.knowledge.documents.Block.Kind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * The program in which parsers run, beside the one that indexes: a file that makes a parser hang or eat memory ends this one alone.
 * Reads the names of files, answers with their documents. Without bound is nothing here but what {@link ReaderProcess}, its parent,
 * bounds from outside: time by killing it, memory by its heap.
 */
final class ReadingProcess {

    private static final int DOCUMENT = 0;
    private static final int FAULT = 1;
    private static final Kind[] KINDS = Kind.values();

    private ReadingProcess() {}

    /**
     * @param arguments how many characters are kept of a file
     */
    public static void main(String... arguments) throws IOException {
        var out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16));
        System.setOut(System.err); // what a parser prints is no answer
        var in = new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
        var characters = Integer.parseInt(arguments[0]);
        while (true) {
            Path file;
            String ending;
            try {
                file = Path.of(in.readUTF());
                ending = in.readUTF();
            } catch (EOFException e) {
                return; // the parent is done, or gone
            }
            answer(out, file, ending, characters);
            out.flush();
        }
    }

    private static void answer(DataOutputStream out, Path file, String ending, int characters) throws IOException {
        Document document;
        try {
            document = TikaParsers.read(file, ending, characters);
        } catch (DocumentException e) {
            writeFault(out, e.getMessage());
            return;
        } catch (IOException e) {
            writeFault(out, "it cannot be read: " + FileFault.reason(e));
            return;
        } catch (StackOverflowError e) {
            writeFault(out, "it is nested too deeply");
            return;
        } catch (OutOfMemoryError e) {
            throw e; // ends this program; the parent tells
        } catch (Error e) {
            writeFault(out, "its parser fails: " + e);
            return;
        }
        write(out, document);
    }

    private static void writeFault(DataOutputStream out, String fault) throws IOException {
        out.writeByte(FAULT);
        string(out, fault);
    }

    private static void write(DataOutputStream out, Document document) throws IOException {
        out.writeByte(DOCUMENT);
        string(out, document.title());
        string(out, document.text());
        out.writeBoolean(document.cut());
        out.writeInt(document.blocks().size());
        for (var block : document.blocks()) {
            out.writeByte(block.kind().ordinal());
            out.writeByte(block.level());
            out.writeInt(block.page());
            out.writeInt(block.start());
            out.writeInt(block.end());
        }
    }

    /** What {@link #write} or {@link #writeFault} wrote. */
    static Document readAnswer(DataInputStream in) throws DocumentException, IOException {
        if (in.readByte() == FAULT) throw new DocumentException(string(in));
        var title = string(in);
        var text = string(in);
        var cut = in.readBoolean();
        var blocks = new ArrayList<Block>();
        for (int left = in.readInt(); left > 0; left--) {
            blocks.add(new Block(KINDS[in.readByte()], in.readByte(), in.readInt(), in.readInt(), in.readInt()));
        }
        return new Document(title, text, blocks, cut);
    }

    private static void string(DataOutputStream out, String text) throws IOException {
        // a lone surrogate becomes one question mark, so that places in the text stay what they are
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String string(DataInputStream in) throws IOException {
        var length = in.readInt();
        var bytes = in.readNBytes(length);
        if (bytes.length < length) throw new EOFException();
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
