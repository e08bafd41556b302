package dev.parley.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.data.TextFiles;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley tokenizer}: learns a vocabulary, and turns text into token ids and back. */
@Command(name = "tokenizer", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND",
        description = "Learns a vocabulary from text, and turns text into token ids and back.",
        footer = {"", "Example:  echo '{\"text\":\"Hello world\"}' | ./parley tokenizer encode --tokenizer gpt2 --jsonl -"},
        subcommands = {TokenizerCommand.Train.class, TokenizerCommand.Encode.class, TokenizerCommand.Decode.class, TokenizerCommand.Stats.class})
final class TokenizerCommand {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** {@code tokenizer train}. */
    @Command(name = "train", mixinStandardHelpOptions = true, description = "Learns a byte-level vocabulary and writes tokenizer.json.",
            footer = {"", "Example:  ./parley tokenizer train --vocab-size 4096 --out my-tokenizer book.txt"})
    static final class Train implements Callable<Integer> {

        @Parameters(paramLabel = "FILE", arity = "1..*", description = "Text files, .jsonl with a \"text\" in each line, or folders of them.")
        List<Path> files;

        @Option(names = "--vocab-size", paramLabel = "N", defaultValue = "4096", description = "Tokens in all. Default: ${DEFAULT-VALUE}.")
        int vocabSize;

        @Option(names = "--min-frequency", paramLabel = "N", defaultValue = "2", description = "How often a pair must be met. Default: ${DEFAULT-VALUE}.")
        long minFrequency;

        @Option(names = "--special-token", paramLabel = "TOKEN", defaultValue = "<|endoftext|>", description = "May be given several times. Default: ${DEFAULT-VALUE}.")
        List<String> specialTokens;

        @Option(names = "--individual-digits", description = "Make each digit a token of its own.")
        boolean individualDigits;

        @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder to write to.")
        Path out;

        @Option(names = "--json", description = "Print one JSON object instead of text.")
        boolean json;

        @Override
        public Integer call() throws IOException {
            var start = System.nanoTime();
            var documents = TextFiles.documents(files);
            var trainer = BpeTrainer.of(vocabSize).withMinFrequency(minFrequency).withIndividualDigits(individualDigits)
                    .withSpecialTokens(specialTokens.toArray(String[]::new)).withThreads(Engine.threads());
            var tokenizer = trainer.train(documents.iterator());
            tokenizer.save(out);
            var seconds = (System.nanoTime() - start) / 1e9;
            if (json) Output.json(Output.object().put("tokenizer", out.toString()).put("vocab_size", tokenizer.vocabSize()).put("seconds", seconds));
            else Output.line(String.format(Locale.ROOT, "%s: %d tokens, learned in %.1f s", out, tokenizer.vocabSize(), seconds));
            return Parley.DONE;
        }
    }

    /** {@code tokenizer encode}. */
    @Command(name = "encode", mixinStandardHelpOptions = true,
            description = "Turns text into token ids: {\"text\":…} a line becomes {\"ids\":[…]} a line. No special token is added; those written in the text are recognised.",
            footer = {"", "Example:  ./parley tokenizer encode --tokenizer gpt2 --text \"Hello world\""})
    static final class Encode implements Callable<Integer> {

        @Option(names = "--tokenizer", paramLabel = "DIR|FILE|gpt2", required = true, description = "Folder, tokenizer.json, or gpt2.")
        String tokenizer;

        @Option(names = "--jsonl", paramLabel = "FILE", description = "Lines with a \"text\"; - reads standard input.")
        String jsonl;

        @Option(names = "--text", paramLabel = "TEXT", description = "One text.")
        String text;

        @Override
        public Integer call() throws IOException {
            var loaded = Tokenizer.fromPretrained(tokenizer);
            eachLine(jsonl, text, "text", (line, number) -> {
                var given = JSON.readTree(line).path("text");
                if (!given.isTextual()) throw new IllegalArgumentException(jsonl + ", line " + number + ": there is no \"text\".");
                return encoded(loaded, given.asText());
            }, () -> encoded(loaded, text));
            return Parley.DONE;
        }

        private static String encoded(Tokenizer tokenizer, String text) {
            var ids = tokenizer.encodeWithSpecialTokens(text);
            var line = new StringBuilder("{\"ids\":[");
            for (int i = 0; i < ids.length; i++) line.append(i == 0 ? "" : ",").append(ids[i]);
            return line.append("]}").toString();
        }
    }

    /** {@code tokenizer decode}. */
    @Command(name = "decode", mixinStandardHelpOptions = true,
            description = "Turns token ids into text: {\"ids\":[…]} a line becomes {\"text\":…} a line.",
            footer = {"", "Example:  ./parley tokenizer decode --tokenizer gpt2 --ids 15496,995"})
    static final class Decode implements Callable<Integer> {

        @Option(names = "--tokenizer", paramLabel = "DIR|FILE|gpt2", required = true, description = "Folder, tokenizer.json, or gpt2.")
        String tokenizer;

        @Option(names = "--jsonl", paramLabel = "FILE", description = "Lines with \"ids\"; - reads standard input.")
        String jsonl;

        @Option(names = "--ids", paramLabel = "1,2,3", description = "Ids of one text.")
        String ids;

        @Option(names = "--skip-special-tokens", description = "Leave special tokens out.")
        boolean skipSpecialTokens;

        @Override
        public Integer call() throws IOException {
            var loaded = Tokenizer.fromPretrained(tokenizer);
            eachLine(jsonl, ids, "ids", (line, number) -> decoded(loaded, IdRows.ints(JSON.readTree(line).path("ids"))),
                    () -> decoded(loaded, IdRows.parse(ids)));
            return Parley.DONE;
        }

        private String decoded(Tokenizer tokenizer, int[] ids) {
            return Output.object().put("text", tokenizer.decode(ids, skipSpecialTokens)).toString();
        }
    }

    /** {@code tokenizer stats}. */
    @Command(name = "stats", mixinStandardHelpOptions = true, description = "Says how well a vocabulary fits text: tokens, bytes for a token.",
            footer = {"", "Example:  ./parley tokenizer stats --tokenizer gpt2 book.txt"})
    static final class Stats implements Callable<Integer> {

        @Option(names = "--tokenizer", paramLabel = "DIR|FILE|gpt2", required = true, description = "Folder, tokenizer.json, or gpt2.")
        String tokenizer;

        @Parameters(paramLabel = "FILE", arity = "1..*", description = "Text files, .jsonl, or folders of them.")
        List<Path> files;

        @Option(names = "--json", description = "Print one JSON object instead of text.")
        boolean json;

        @Override
        public Integer call() throws IOException {
            var loaded = Tokenizer.fromPretrained(tokenizer);
            var documents = TextFiles.documents(files);
            var start = System.nanoTime();
            var encoded = loaded.encodeAll(documents, Engine.threads());
            var seconds = (System.nanoTime() - start) / 1e9;
            var tokens = encoded.stream().mapToLong(ids -> ids.length).sum();
            var bytes = documents.stream().mapToLong(d -> d.getBytes(StandardCharsets.UTF_8).length).sum();
            var used = encoded.stream().flatMapToInt(java.util.Arrays::stream).distinct().count();
            if (json) {
                Output.json(Output.object().put("vocab_size", loaded.vocabSize()).put("documents", documents.size()).put("bytes", bytes)
                        .put("tokens", tokens).put("bytes_per_token", (double) bytes / tokens).put("tokens_used", used).put("seconds", seconds));
            } else {
                Output.line(String.format(Locale.ROOT, "%,d documents, %,d bytes, %,d tokens: %.2f bytes a token; %,d of %,d tokens are used; %.1f MB/s",
                        documents.size(), bytes, tokens, (double) bytes / tokens, used, loaded.vocabSize(), bytes / 1e6 / seconds));
            }
            return Parley.DONE;
        }
    }

    /** What becomes of a line of input. */
    private interface LineWork {
        String apply(String line, int number) throws IOException;
    }

    private static void eachLine(String jsonl, String one, String name, LineWork work, java.util.function.Supplier<String> ofOne) throws IOException {
        if ((jsonl == null) == (one == null)) throw new WrongUsage("Give either --jsonl FILE or --" + name + ".");
        if (one != null) {
            Output.line(ofOne.get());
            return;
        }
        try (var lines = jsonl.equals("-") ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)) : Files.newBufferedReader(Path.of(jsonl))) {
            var number = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) continue;
                try {
                    Output.line(work.apply(line, number));
                } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                    throw new IllegalArgumentException(jsonl + ", line " + number + ": this is not JSON (" + e.getOriginalMessage() + ").");
                }
            }
        }
    }
}
