package dev.parley.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.data.Packing;
import dev.parley.data.TrainingData;
import dev.parley.explain.NearestPassages.Comparison;
import dev.parley.explain.NearestPassages.State;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passages that were put among a thousand others, and are looked for by a text that resembles them. */
class NearestPassagesTest {

    private static final Tokenizer TOKENIZER = Tokenizer.fromPretrained("gpt2");
    private static final String[] WORDS = ("time year people way day man thing woman life child world school state family student group "
            + "country problem hand part place case week company system program question work government number night point home water "
            + "room mother area money story fact month lot right study book eye job word business issue side kind head house service "
            + "friend father power hour game line end member law car city community name president team minute idea kid body "
            + "information back parent face others level office door health person art war history party result change morning reason "
            + "research girl guy moment air teacher force education").split(" ");

    @TempDir
    private Path folder;

    private final Random random = new Random(5);

    @BeforeEach
    void makeModel() throws IOException {
        try (var model = TrainableLM.create(ModelConfig.gpt2(TOKENIZER.vocabSize(), 128, 64, 2, 4), 3)) {
            model.savePretrained(folder);
        }
    }

    private String sentence(int words) {
        var sentence = new StringBuilder();
        for (int i = 0; i < words; i++) sentence.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
        return sentence.toString();
    }

    /** The same with every fifth word another. */
    private String alike(String sentence) {
        var words = sentence.split(" ");
        for (int i = random.nextInt(5); i < words.length; i += 5) words[i] = WORDS[random.nextInt(WORDS.length)];
        return String.join(" ", words);
    }

    private int foundFirst(CausalLM model, List<String> planted, Comparison comparison) {
        var first = 0;
        for (int i = 0; i < planted.size(); i++) {
            var ids = TOKENIZER.encode(alike(planted.get(i)));
            var text = ExplainedText.of(Optional.of(TOKENIZER), Arrays.copyOf(ids, ids.length / 2),
                    Arrays.copyOfRange(ids, ids.length / 2, ids.length));
            var options = ExplainOptions.DEFAULT.withFaithfulness(false).withTraining(comparison).withAnalyses(Analysis.TRAINING_PASSAGES);
            var nearest = Explanation.of(model, Optional.of(TOKENIZER), text, options).nearestPassages().orElseThrow();
            if (nearest.found().getFirst().text().equals(planted.get(i))) first++;
        }
        return first;
    }

    @Test
    void ofAHundredPlantedPassagesNinetyAreFoundFirst() throws IOException {
        var planted = new ArrayList<String>();
        for (int i = 0; i < 100; i++) planted.add(sentence(25));
        var documents = new ArrayList<>(planted);
        for (int i = 0; i < 900; i++) documents.add(sentence(25));
        Collections.shuffle(documents, random);
        var file = Files.writeString(folder.resolve("data.txt"), String.join("\n\n", documents));
        new TrainingData(TrainingData.Kind.TEXTS, List.of(file), Optional.empty()).write(folder, Dataset.of(List.of()), TOKENIZER);
        var passages = TrainingPassages.of(folder, TOKENIZER);
        assertEquals(1000, passages.passages().size());
        try (var model = CausalLM.fromPretrained(folder)) {
            var found = foundFirst(model, planted, Comparison.of(passages));
            assertTrue(found >= 90, found + " of 100 among all");
            // of the tenth that shares most tokens: that the right one is among them is part of what is promised
            var some = foundFirst(model, planted, new Comparison(passages, State.MEAN, 100));
            assertTrue(some >= 90, some + " of 100 among those that share most");
        }
    }

    @Test
    void rowsThatCodeMadeAreWrittenBesideTheModelAndFoundAgain() throws IOException {
        var base = Files.createDirectory(folder.resolve("base"));
        var rows = new ArrayList<TrainingRow>();
        for (var text : List.of("a small cat", "two large dogs", "the green house")) {
            rows.add(TrainingRow.document(50256, TOKENIZER.encode(text), 50256));
        }
        TrainingData.ofRows(Optional.of(base)).write(folder, Dataset.of(Packing.pack(rows, 64)), TOKENIZER);
        var file = Files.writeString(base.resolve("more.txt"), "the red house");
        new TrainingData(TrainingData.Kind.TEXTS, List.of(file), Optional.empty()).write(base, Dataset.of(List.of()), TOKENIZER);
        var passages = TrainingPassages.of(folder, TOKENIZER).passages();
        assertEquals(List.of("<|endoftext|>a small cat<|endoftext|>", "<|endoftext|>two large dogs<|endoftext|>",
                "<|endoftext|>the green house<|endoftext|>", "the red house"),
                passages.stream().map(passage -> TOKENIZER.decode(passage.ids())).toList());
    }

    @Test
    void conversationsAreReadAsTheModelReadThem() throws IOException {
        var file = Files.writeString(folder.resolve("chats.jsonl"),
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}]}\n");
        var chatty = BpeTrainer.of(300).withSpecialTokens(ChatTemplate.START, ChatTemplate.END).train(List.of("Hi Hello").iterator())
                .withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
        var passages = TrainingPassages.ofFiles(List.of(file), chatty).passages();
        assertEquals("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n",
                chatty.decode(passages.getFirst().ids()));
    }

    @Test
    void dataThatAreMissingAreNamedInASentence() throws IOException {
        var unnamed = assertThrows(IllegalArgumentException.class, () -> TrainingPassages.of(folder, TOKENIZER));
        assertEquals(folder + " does not say what it was trained on (there is no training_data.json); name the data with --training-data.",
                unnamed.getMessage());
        var gone = folder.resolve("gone.txt").toAbsolutePath();
        new TrainingData(TrainingData.Kind.TEXTS, List.of(gone), Optional.empty()).write(folder, Dataset.of(List.of()), TOKENIZER);
        var missing = assertThrows(IllegalArgumentException.class, () -> TrainingPassages.of(folder, TOKENIZER));
        assertEquals(folder.resolve("training_data.json") + " names " + gone + ", which is not there; name the data with --training-data.",
                missing.getMessage());
    }
}
