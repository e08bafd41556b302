package dev.parley.data.chat;

import dev.parley.files.Golden;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/** Tokenizers and templates for tests of rows. */
final class SmallChats {

    /** Of bytes, with the special tokens of all golden templates. */
    static final Tokenizer TOKENIZER = BpeTrainer.of(340)
            .withSpecialTokens("<|endoftext|>", ChatTemplate.START, ChatTemplate.END, "<s>", "</s>", "<bos>", "<start_of_turn>",
                    "<end_of_turn>", "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|user|>",
                    "<|assistant|>", "<|system|>")
            .train(List.of("hello there").iterator());

    private static final Map<String, Tokenizer> PUBLISHED = new ConcurrentHashMap<>();

    private SmallChats() {}

    static ChatTemplate template(String file) {
        return ChatTemplate.load(Golden.folder("chat_templates").resolve(file));
    }

    /** A published tokenizer, read once. */
    static Tokenizer published(String name, Path folder) throws IOException {
        var known = PUBLISHED.get(name);
        if (known != null) return known;
        var file = folder.resolve(name + "-tokenizer.json");
        try (var in = new GZIPInputStream(Files.newInputStream(Golden.folder("tokenizers/" + name).resolve("tokenizer.json.gz")))) {
            Files.copy(in, file);
        }
        var read = Tokenizer.load(file);
        PUBLISHED.put(name, read);
        return read;
    }

    /** What is learned, each stretch of targets apart. */
    static List<String> learned(Tokenizer tokenizer, int[] ids, int[] labels) {
        var stretches = new ArrayList<String>();
        for (int i = 0; i < ids.length; i++) {
            if (labels[i] < 0) continue;
            var start = i;
            while (i < ids.length && labels[i] >= 0) i++;
            stretches.add(tokenizer.decode(IntStream.range(start, i).map(t -> ids[t]).toArray(), false));
        }
        return stretches;
    }
}
