package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weight files as strangers and broken disks make them: a clear error, never a crash, never more memory than the file. */
class DamagedWeightsTest {

    @TempDir
    Path folder;

    private Path safetensors(String header, int dataBytes) throws IOException {
        var text = header.getBytes(StandardCharsets.UTF_8);
        var file = folder.resolve("model.safetensors");
        Files.write(file,
                ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).array());
        return file;
    }

    private void refused(Path file, String... words) {
        var fault = assertThrows(WeightFileException.class, () -> readAll(file));
        for (var word : words) assertTrue(fault.getMessage().contains(word), fault.getMessage());
        assertTrue(fault.getMessage().contains(file.getFileName().toString()), fault.getMessage());
    }

    private static void readAll(Path file) throws IOException {
        FuzzedWeightsTest.readAll(WeightFiles.openFile(file));
    }

    @Test
    void eachDamageIsNamedWithItsTensor() throws Exception {
        refused(safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,25]}}", 32), "\"a\"", "25 bytes", "24");
        refused(safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}", 10), "\"a\"", "the file has 10 bytes");
        refused(safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", 8), "\"a\"", "-8");
        refused(safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8), "\"a\"");
        refused(safetensors(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"
                        + ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
                12), "\"b\"", "overlaps", "\"a\"");
        refused(safetensors("{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8), "\"a\"", "F31");
        refused(safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8), "\"a\"", "-2");
        refused(safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", 8), "\"a\"",
                "no file can hold");
        // a terabyte
        refused(safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[274877906944],\"data_offsets\":[0,1099511627776]}}", 8), "\"a\"");
        refused(safetensors("{\"a\":1,\"a\":2}", 0), "JSON");
        refused(safetensors("[1]", 0), "JSON object");
        refused(safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[" + "[".repeat(3000), 0), "JSON");
        var file = folder.resolve("model.safetensors");
        Files.write(file, new byte[] {1, 2, 3});
        refused(file, "3 bytes");
        Files.write(file, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE).array());
        refused(file, "header");
        Files.write(file, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(-1).array());
        refused(file, "header");
    }

    /** A zip with a pickle of our own. */
    private Path bin(String pickle) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            stored(zip, "model/data.pkl", ("\u0080\u0002" + pickle).getBytes(StandardCharsets.ISO_8859_1));
            stored(zip, "model/data/0", new byte[16]);
        }
        var file = folder.resolve("pytorch_model.bin");
        Files.write(file, bytes.toByteArray());
        return file;
    }

    static void stored(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var entry = new ZipEntry(name);
        var crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
    }

    @Test
    void noCodeIsRunFromAPickle() throws Exception {
        refused(bin("cposix\nsystem\n(X\u0004\u0000\u0000\u0000truetR."), "posix.system");
        refused(bin("cbuiltins\neval\n."), "builtins.eval");
        refused(bin("ctorch\nload\n."), "torch.load");
        refused(bin("cos\nStorage\n."), "os.Storage");
        refused(bin("."), "damaged");
        refused(bin("}q\u0000h\u0000h\u0000s."), "key that is no string"); // a dict as its own key
        refused(bin("N."), "no state dict");
    }

    @Test
    void aTensorReachingBeyondItsStorageIsRefused() throws Exception {
        var rebuild = "ctorch._utils\n_rebuild_tensor_v2\n";
        var storage = "((X\u0007\u0000\u0000\u0000storagectorch\nFloatStorage\nX\u0001\u0000\u0000\u00000X\u0003\u0000\u0000\u0000cpuK"
                + "\u0004tQ";
        var tail = "\u0089ccollections\nOrderedDict\n)RtR";
        var head = "}X\u0001\u0000\u0000\u0000a";
        refused(bin(head + rebuild + storage + "K\u0000K\u0005\u0085K\u0001\u0085" + tail + "s."), "\"a\"", "beyond its storage");
        refused(bin(head + rebuild + storage + "K\u0003K\u0002\u0085K\u0001\u0085" + tail + "s."), "\"a\"", "beyond its storage");
        refused(bin(head + rebuild + storage + "K\u0000J\u00ff\u00ff\u00ff\u007f\u0085K\u0000\u0085" + tail + "s."), "\"a\"",
                "larger than the file"); // stride 0
        readAll(bin(head + rebuild + storage + "K\u0000K\u0004\u0085K\u0001\u0085" + tail + "s."));
    }

    @Test
    void aShardMayNotLeaveItsFolder() throws Exception {
        var index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, "{\"weight_map\":{\"a\":\"../secret.safetensors\"}}");
        refused(index, "../secret.safetensors");
        Files.writeString(index, "{\"weight_map\":{\"a\":\"missing.safetensors\"}}");
        refused(index, "missing.safetensors", "missing");
        safetensors("{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8);
        Files.writeString(index, "{\"weight_map\":{\"a\":\"model.safetensors\"}}");
        refused(index, "\"a\"", "model.safetensors");
    }

    @Test
    void theOldFormSaysHowToConvertIt() throws Exception {
        var file = folder.resolve("pytorch_model.bin");
        Files.write(file, new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 1, 2, 3});
        refused(file, "torch.save");
    }

    @Test
    void pickledTensorsEqualThoseOfSafetensorsBitForBit() throws Exception {
        try (var pickled = WeightFiles.open(Golden.folder("gpt2-tiny-bin"));
                var safe = WeightFiles.open(Golden.folder("gpt2-tiny-noprefix"))) {
            var compared = 0;
            for (var name : safe.names()) {
                if (!pickled.names().contains(name) || name.endsWith(".attn.bias")) continue;
                assertEquals(safe.info(name).dtype(), pickled.info(name).dtype(), name);
                assertEquals(-1, safe.bytes(name).mismatch(pickled.bytes(name)), name);
                compared++;
            }
            assertEquals(28, compared);
        }
    }
}
