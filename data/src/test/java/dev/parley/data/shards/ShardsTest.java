package dev.parley.data.shards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardsTest {

    private static final Tokenizer SMALL = BpeTrainer.of(300).withSpecialTokens("<|endoftext|>")
            .train(List.of("a text to train on").iterator());
    private static final ShardOptions ALL_TRAIN = ShardOptions.DEFAULT.withValidation(0);

    @TempDir
    Path folder;

    private static List<int[]> documents(int count, int vocabSize) {
        var random = new SplittableRandom(1);
        var documents = new ArrayList<int[]>();
        for (int d = 0; d < count; d++) documents.add(random.ints(1 + random.nextInt(400), 0, vocabSize).toArray());
        return documents;
    }

    private static void write(Path folder, Tokenizer tokenizer, ShardOptions options, List<int[]> documents) throws IOException {
        try (var writer = ShardWriter.create(folder, tokenizer, options)) {
            for (int d = 0; d < documents.size(); d++) writer.add(documents.get(d), Split.hash("document " + d));
            writer.finish();
        }
    }

    private static int[] read(TokenCorpus corpus, long document) {
        var ids = new int[(int) (corpus.start(document + 1) - corpus.start(document))];
        corpus.copy(corpus.start(document), ids.length, ids, 0);
        return ids;
    }

    @Test
    void documentsComeBackFromAllFiles() throws IOException {
        var written = documents(2000, SMALL.vocabSize());
        write(folder, SMALL, ALL_TRAIN.withTokensPerShard(100_000), written);
        assertTrue(Files.exists(folder.resolve("train-00003-of-00005.tokens")), "400,000 tokens are in five files");
        var shards = Shards.open(folder, Split.TRAIN, Tokenizer.load(folder));
        assertEquals(written.size(), shards.documents());
        assertEquals(written.stream().mapToLong(d -> d.length).sum(), shards.tokens());
        for (int d = 0; d < written.size(); d++) assertArrayEquals(written.get(d), read(shards, d), "document " + d);
    }

    /** The published vocabulary of GPT-2 still takes two bytes; one of 70,000 takes four. */
    @Test
    void tokensTakeTwoBytesWhereTheVocabularyAllows() throws IOException {
        var gpt2 = Tokenizer.fromPretrained("gpt2");
        write(folder, gpt2, ALL_TRAIN, List.of(new int[] {0, 50_256, 40_000}));
        assertArrayEquals(new int[] {0, 50_256, 40_000}, read(Shards.open(folder, Split.TRAIN, gpt2), 0));
        assertEquals(2, new TokenizerIdentity("", 1 << 16).tokenBytes());
        var wide = new TokenizerIdentity("00".repeat(32), 70_000);
        try (var file = new ShardFileWriter(folder.resolve("wide.tokens"), wide)) {
            file.add(new int[] {69_999, 1});
            file.finish();
            file.moveTo(folder.resolve("wide.tokens"));
        }
        var ids = new int[2];
        Shard.open(folder.resolve("wide.tokens")).copy(0, 2, ids, 0);
        assertArrayEquals(new int[] {69_999, 1}, ids);
    }

    @Test
    void aDocumentsSplitDependsOnItsTextAlone() throws IOException {
        var texts = new ArrayList<String>();
        for (int i = 0; i < 2000; i++) texts.add("text number " + i);
        var validation = texts.stream().filter(t -> Split.of(Split.hash(t), 0.1) == Split.VALIDATION).toList();
        assertEquals(200, validation.size(), 60, "a tenth, within 4.5 standard errors");
        assertTrue(validation.stream().allMatch(t -> Split.of(Split.hash(t), 0.2) == Split.VALIDATION),
                "a larger part holds a smaller one");
        try (var writer = ShardWriter.create(folder, SMALL, ShardOptions.DEFAULT.withValidation(0.1))) {
            for (var text : texts.reversed()) writer.add(SMALL.encode(text), Split.hash(text));
            writer.finish();
        }
        var read = new ArrayList<String>();
        var shards = Shards.open(folder, Split.VALIDATION, SMALL);
        for (int d = 0; d < shards.documents(); d++) read.add(SMALL.decode(read(shards, d)));
        assertEquals(validation, read.reversed());
        assertEquals(2000, Shards.open(folder, Split.TRAIN, SMALL).documents() + shards.documents());
    }

    @Test
    void aFolderHasAnIndexOnlyWhenAllIsWritten() throws IOException {
        try (var writer = ShardWriter.create(folder, SMALL, ALL_TRAIN)) {
            writer.add(new int[] {1, 2, 3}, 0);
        }
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count(), "what was not finished is deleted");
        }
        Files.writeString(folder.resolve(".train.tokens.0e5f-11.part"), "of a writer that was killed");
        write(folder, SMALL, ALL_TRAIN, documents(3, 250));
        assertFalse(Files.exists(folder.resolve(".train.tokens.0e5f-11.part")));
        assertTrue(fault(() -> write(folder, SMALL, ALL_TRAIN, documents(3, 250))).contains("holds token shards already"));
    }

    @Test
    void aFlippedBitIsNamedWhereverItIs() throws IOException {
        write(folder, SMALL, ALL_TRAIN, documents(2000, SMALL.vocabSize()));
        var file = folder.resolve("train-00000-of-00001.tokens");
        var size = Files.size(file);
        var random = new SplittableRandom(2);
        for (int i = 0; i < 60; i++) {
            var at = i < 10 ? random.nextLong(128) : i < 20 ? size - 1 - random.nextLong(30) : random.nextLong(size);
            flip(file, at, 1 << random.nextInt(8));
            var fault = fault(() -> {
                var shards = Shards.open(folder, Split.TRAIN, SMALL);
                for (int d = 0; d < shards.documents(); d++) read(shards, d);
            });
            assertTrue(fault.contains("train-00000-of-00001.tokens") && fault.lines().count() == 1, "byte " + at + ": " + fault);
        }
        assertEquals(2000, Shards.open(folder, Split.TRAIN, SMALL).documents(), "each bit was put back");
    }

    private void flip(Path file, long at, int bits) throws IOException {
        edited(file, bytes -> bytes.put((int) at, (byte) (bytes.get((int) at) ^ bits)));
        restore = () -> edited(file, bytes -> bytes.put((int) at, (byte) (bytes.get((int) at) ^ bits)));
    }

    private interface Action {
        void run() throws IOException;
    }

    private Action restore = () -> {};

    private String fault(Action action) throws IOException {
        var fault = assertThrows(IllegalArgumentException.class, action::run);
        restore.run();
        restore = () -> {};
        return fault.getMessage();
    }

    private static void edited(Path file, Consumer<ByteBuffer> edit) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        edit.accept(bytes);
        Files.write(file, bytes.array());
    }

    /** As {@link #edited}, with checksums that are right again: by one who means harm. */
    private static void forged(Path file, Consumer<ByteBuffer> edit) throws IOException {
        edited(file, bytes -> {
            var shape = ShardFile.of(MemorySegment.ofArray(bytes.array()));
            edit.accept(bytes);
            var all = MemorySegment.ofArray(bytes.array());
            for (int block = 0; block < shape.blocks(); block++) {
                var begin = ShardFile.HEADER + (long) block * ShardFile.BLOCK;
                var end = Math.min(begin + ShardFile.BLOCK, shape.checksumsAt());
                all.set(ShardFile.INT, shape.checksumsAt() + block * 4L, ShardFile.checksum(all.asSlice(begin, end - begin)));
            }
            all.set(ShardFile.INT, ShardFile.CHECKSUM, ShardFile.checksum(all, all.asSlice(shape.checksumsAt())));
        });
    }

    @Test
    void hostileFilesAreRefusedInOneSentence() throws IOException {
        var written = folder.resolve("written");
        write(written, SMALL, ALL_TRAIN, List.of(new int[] {1, 2, 3}, new int[] {4, 5}));
        var original = written.resolve("train-00000-of-00001.tokens");
        record Case(String name, Consumer<ByteBuffer> edit, String said) {}
        var offsets = ShardFile.HEADER + 16;
        for (var c : List.of(new Case("magic", b -> b.put(0, (byte) 'x'), "is no shard of tokens"),
                new Case("version", b -> b.putInt(8, 9), "format is version 9"),
                new Case("width", b -> b.putInt(12, 3), "tokens have 3 bytes"),
                new Case("narrow", b -> b.putInt(32, 100_000), "tokens have 2 bytes for a vocabulary of 100000"),
                new Case("negative", b -> b.putLong(16, -5), "it was cut or changed"),
                new Case("huge", b -> b.putLong(16, Long.MAX_VALUE / 2), "it was cut or changed"),
                new Case("documents", b -> b.putLong(24, Long.MAX_VALUE / 8), "it was cut or changed"),
                new Case("offset", b -> b.putLong(offsets + 8, 1_000_000), "document 1 begins at token 1000000"),
                new Case("descending", b -> b.putLong(offsets + 16, 1), "document 2 begins at token 1"),
                new Case("id", b -> b.putShort(ShardFile.HEADER + 2, (short) 60_000), "token 1 is 60000"))) {
            var file = Files.copy(original, folder.resolve(c.name + ".tokens"));
            if (List.of("offset", "descending", "id").contains(c.name)) forged(file, c.edit);
            else edited(file, c.edit);
            var fault = fault(() -> Shard.open(file).copy(0, 5, new int[5], 0));
            assertTrue(fault.startsWith(file + ": ") && fault.contains(c.said), fault);
        }
        var cut = Files.copy(original, folder.resolve("cut.tokens"));
        for (long size = Files.size(cut) - 1; size >= 0; size -= 7) {
            try (var channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
                channel.truncate(size);
            }
            assertTrue(fault(() -> Shard.open(cut)).startsWith(cut.toString()));
        }
    }

    @Test
    void aFolderThatDoesNotFitTogetherIsRefused() throws IOException {
        write(folder.resolve("a"), SMALL, ALL_TRAIN, documents(5, 250));
        write(folder.resolve("b"), SMALL, ALL_TRAIN, documents(6, 250));
        var other = BpeTrainer.of(300).withSpecialTokens("<|endoftext|>").train(List.of("quite some other text").iterator());
        assertTrue(fault(() -> Shards.open(folder.resolve("a"), Split.TRAIN, other)).contains("ids of another tokenizer"));
        assertTrue(fault(() -> Shards.open(folder.resolve("a"), Split.VALIDATION, SMALL)).contains("has no validation split"));
        Files.copy(folder.resolve("b/train-00000-of-00001.tokens"), folder.resolve("a/train-00000-of-00001.tokens"),
                StandardCopyOption.REPLACE_EXISTING);
        assertTrue(fault(() -> Shards.open(folder.resolve("a"), Split.TRAIN, SMALL)).contains("is of another corpus"));
        Files.delete(folder.resolve("a/train-00000-of-00001.tokens"));
        assertTrue(fault(() -> Shards.open(folder.resolve("a"), Split.TRAIN, SMALL)).contains("is not there"));
        for (var text : List.of("", "{", "[]", "{\"version\":1,\"splits\":{\"train\":[{\"file\":\"../x\"}]}}", "{\"version\":7}")) {
            Files.writeString(folder.resolve("a/index.json"), text);
            assertTrue(fault(() -> Shards.open(folder.resolve("a"), Split.TRAIN, SMALL)).contains("index.json"), text);
        }
    }

    @Test
    void theFingerprintIsOfAllDataAndToldWithoutReadingIt() throws IOException {
        var all = documents(2000, 250);
        write(folder.resolve("a"), SMALL, ALL_TRAIN, all);
        write(folder.resolve("same"), SMALL, ALL_TRAIN, all);
        all.get(1500)[0] ^= 1;
        write(folder.resolve("other"), SMALL, ALL_TRAIN, all);
        var fingerprint = Shards.open(folder.resolve("a"), Split.TRAIN, SMALL).fingerprint();
        assertEquals(fingerprint, Shards.open(folder.resolve("same"), Split.TRAIN, SMALL).fingerprint());
        assertNotEquals(fingerprint, Shards.open(folder.resolve("other"), Split.TRAIN, SMALL).fingerprint());
    }

    /** 2.4 GB of zeros, which take no place on the disk: their blocks share one checksum. */
    @Test
    void aFileMayBeLargerThanTwoGibibytes() throws IOException {
        var shape = new ShardFile(2, 1_200_000_000L, 1, 300, SMALL.sha256());
        var file = folder.resolve("large.tokens");
        var offsets = MemorySegment.ofArray(new byte[16]);
        offsets.set(ShardFile.LONG, 8, shape.tokens());
        var zeros = ShardFile.checksum(MemorySegment.ofArray(new byte[ShardFile.BLOCK]));
        var table = MemorySegment.ofArray(new byte[(int) shape.blocks() * 4]);
        for (int block = 0; block < shape.blocks() - 1; block++) table.set(ShardFile.INT, block * 4L, zeros);
        var last = new byte[(int) (shape.checksumsAt() - ShardFile.HEADER - (shape.blocks() - 1) * ShardFile.BLOCK)];
        System.arraycopy(offsets.toArray(ValueLayout.JAVA_BYTE), 0, last, last.length - 16, 16);
        table.set(ShardFile.INT, (shape.blocks() - 1) * 4, ShardFile.checksum(MemorySegment.ofArray(last)));
        var header = shape.header();
        header.set(ShardFile.INT, ShardFile.CHECKSUM, ShardFile.checksum(header, table));
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(header.asByteBuffer(), 0);
            channel.write(offsets.asByteBuffer(), shape.offsetsAt());
            channel.write(table.asByteBuffer(), shape.checksumsAt());
        }
        var ids = new int[] {7, 7, 7};
        Shard.open(file).copy(1_199_999_990L, 3, ids, 0);
        assertArrayEquals(new int[3], ids);
    }
}
