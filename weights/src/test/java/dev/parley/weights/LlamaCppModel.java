package dev.parley.weights;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A GGUF file as llama.cpp runs it on the CPU: one text, with keys and values in float32 and no fused attention. */
public final class LlamaCppModel implements AutoCloseable {

    private static final int MOST_TOKENS = 1024;
    private static final FunctionDescriptor FREE = FunctionDescriptor.ofVoid(ADDRESS);

    /** llama_batch: a number of tokens, then six pointers, the last to which tokens' scores are wanted. */
    private static final MemoryLayout BATCH = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(7, ADDRESS));

    // places in llama_context_params
    private static final int CONTEXT = 0, BATCH_SIZE = 4, UBATCH_SIZE = 8, THREADS = 28, FLASH_ATTENTION = 52, KEYS = 104, VALUES = 108;
    private static final int AUTO = -1, F16 = 1, F32 = 0;

    private final LlamaCpp llama;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment model;
    private final MemorySegment context;
    private final int vocabulary;

    /** Loads a file. */
    public LlamaCppModel(Path file) throws IOException, InterruptedException {
        llama = LlamaCpp.load();
        var defaults = FunctionDescriptor.of(LlamaCpp.ROOM);
        var settings = call("llama_model_default_params", defaults, arena);
        model = (MemorySegment) call("llama_model_load_from_file", FunctionDescriptor.of(ADDRESS, ADDRESS, LlamaCpp.ROOM),
                arena.allocateFrom(file.toString()), settings);
        assertNotEquals(0, model.address(), "llama.cpp does not load " + file);
        var vocab = call("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS), model);
        vocabulary = (int) call("llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS), vocab);
        var c = (MemorySegment) call("llama_context_default_params", defaults, arena);
        assertEquals(AUTO, c.get(JAVA_INT, FLASH_ATTENTION), "llama_context_params has another layout");
        assertEquals(F16, c.get(JAVA_INT, KEYS), "llama_context_params has another layout");
        assertEquals(F16, c.get(JAVA_INT, VALUES), "llama_context_params has another layout");
        for (var place : new int[] {CONTEXT, BATCH_SIZE, UBATCH_SIZE}) c.set(JAVA_INT, place, MOST_TOKENS);
        c.set(JAVA_INT, THREADS, 1); // more wait for one another by spinning, on a machine that does other things too
        c.set(JAVA_INT, THREADS + 4, 1); // of prompts
        c.set(JAVA_INT, FLASH_ATTENTION, 0);
        c.set(JAVA_INT, KEYS, F32);
        c.set(JAVA_INT, VALUES, F32);
        context = (MemorySegment) call("llama_init_from_model", FunctionDescriptor.of(ADDRESS, ADDRESS, LlamaCpp.ROOM), model, c);
        assertNotEquals(0, context.address(), "llama.cpp does not run " + file);
    }

    private Object call(String name, FunctionDescriptor type, Object... arguments) {
        return llama.call(name, type, arguments);
    }

    /** The scores of every token after each of some new tokens of the text, (tokens, V). */
    public float[][] feed(int... ids) {
        try (var memory = Arena.ofConfined()) {
            var wanted = memory.allocate(ids.length);
            wanted.fill((byte) 1);
            var batch = (MemorySegment) call("llama_batch_get_one", FunctionDescriptor.of(BATCH, ADDRESS, JAVA_INT), memory,
                    memory.allocateFrom(JAVA_INT, ids), ids.length);
            batch.set(ADDRESS, BATCH.byteSize() - ADDRESS.byteSize(), wanted);
            assertEquals(0, call("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH), context, batch), "llama_decode");
            var scores = ((MemorySegment) call("llama_get_logits", FunctionDescriptor.of(ADDRESS, ADDRESS), context))
                    .reinterpret(4L * ids.length * vocabulary);
            var rows = new float[ids.length][vocabulary];
            for (int i = 0; i < ids.length; i++) MemorySegment.copy(scores, JAVA_FLOAT, 4L * i * vocabulary, rows[i], 0, vocabulary);
            return rows;
        }
    }

    /** The tokens of highest scores after a prompt, one after the other. */
    public int[] greedy(int[] prompt, int count) {
        var ids = new int[count];
        var scores = feed(prompt)[prompt.length - 1];
        for (int i = 0; i < count; i++) {
            for (int id = 1; id < scores.length; id++) if (scores[id] > scores[ids[i]]) ids[i] = id;
            if (i + 1 < count) scores = feed(ids[i])[0];
        }
        return ids;
    }

    /** Forgets the text. */
    public void clear() {
        var memory = call("llama_get_memory", FunctionDescriptor.of(ADDRESS, ADDRESS), context);
        call("llama_memory_clear", FunctionDescriptor.ofVoid(ADDRESS, JAVA_BYTE), memory, (byte) 1);
    }

    @Override
    public void close() {
        call("llama_free", FREE, context);
        call("llama_model_free", FREE, model);
        arena.close();
    }
}
