package dev.parley.train.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.data.Dataset;
import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TokenBatch;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.checkpoint.Checkpoints;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves to look at, and that it changes nothing of the run. */
class TrainingReportTest {

    private static final String TEXT = "Once upon a time there was a small model that read the same small text again and again. "
            .repeat(40);
    private static final Tokenizer TOKENIZER = BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of(TEXT).iterator());
    private static final ModelConfig CONFIG = ModelConfig.gpt2(290, 32, 16, 2, 2).withDropout(0.1);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static Dataset rows() {
        var ids = TOKENIZER.encode(TEXT);
        var rows = new ArrayList<TrainingRow>();
        for (int from = 0; from + 24 <= ids.length && rows.size() < 40; from += 24) {
            rows.add(TrainingRow.of(Arrays.copyOfRange(ids, from, from + 24)));
        }
        return Dataset.of(rows);
    }

    private static TrainingArguments.Builder arguments(Path out) {
        return TrainingArguments.builder().outputDir(out).maxSteps(12).perDeviceTrainBatchSize(2).learningRate(1e-2).loggingSteps(1)
                .saveSteps(4).evalSteps(6).bf16(false);
    }

    private static Trainer trainer(TrainableLM model, TrainingArguments arguments) {
        return new Trainer(model, arguments, rows(), rows());
    }

    private static TrainingReport report(Trainer trainer) {
        return TrainingReport.of(trainer).withSamples(TOKENIZER, List.of("Once upon", "the same"), false);
    }

    private static List<MetricLine> lines(Path out) throws IOException {
        try (var lines = Files.lines(out.resolve(MetricsFile.NAME))) {
            return lines.map(line -> MetricLine.parse(line).orElseThrow()).toList();
        }
    }

    /** Without what depends on the clock. */
    private static List<String> withoutTime(List<MetricLine> lines) {
        return lines.stream().map(line -> {
            var numbers = new LinkedHashMap<>(line.numbers());
            numbers.keySet().removeAll(List.of("tokens_per_second", "utilisation", "train_runtime"));
            return new MetricLine(line.step(), 0, numbers, line.samples(), line.note()).toJson();
        }).toList();
    }

    private static JsonNode page(Path out) throws IOException {
        var page = Files.readString(out.resolve(TrainingReport.PAGE));
        var from = page.indexOf("const run = ") + "const run = ".length();
        return JSON.readTree(page.substring(from, page.indexOf(";\n", from)));
    }

    @Test
    void aRunThatIsReportedEqualsOneThatIsNot() {
        try (var seen = TrainableLM.create(CONFIG, 1); var unseen = TrainableLM.create(CONFIG, 1)) {
            var trainer = trainer(seen, arguments(folder.resolve("seen")).build());
            trainer.onEvent(report(trainer)).train();
            trainer(unseen, arguments(folder.resolve("unseen")).build()).train();
            for (var parameter : seen.parameters().all()) {
                assertArrayEquals(unseen.parameters().get(parameter.name()).value().toFloats(), parameter.value().toFloats(),
                        parameter.name());
            }
        }
    }

    /** The second run dies in the middle of its tenth step; that which goes on from its checkpoint of step 8 leaves the same lines. */
    @Test
    void metricsOfAResumedRunAreThoseOfAnUninterruptedOne() throws IOException {
        Path whole = folder.resolve("whole"), broken = folder.resolve("broken");
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var trainer = trainer(model, arguments(whole).build());
            trainer.onEvent(report(trainer)).train();
        }
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var trainer = trainer(model, arguments(broken).build());
            trainer.onEvent(event -> {
                if (event instanceof TrainEvent.Failed) throw new IllegalStateException("dead, and told nobody");
            }).onEvent(report(trainer)).onEvent(event -> {
                if (event instanceof TrainEvent.Step step && step.step() == 10) throw new IllegalStateException("killed");
            });
            assertThrows(IllegalStateException.class, trainer::train);
        }
        assertEquals(10, lines(broken).getLast().step());
        Files.writeString(broken.resolve(MetricsFile.NAME), "{\"step\":11,\"loss\":1.2", StandardOpenOption.APPEND); // half a line
        try (var model = TrainableLM.create(CONFIG, 2)) {
            var trainer = trainer(model, arguments(broken).build().resumingFrom(Checkpoints.last(broken).orElseThrow()));
            trainer.onEvent(report(trainer)).train();
        }
        assertEquals(withoutTime(lines(whole)), withoutTime(lines(broken)));
        assertEquals(page(whole).path("curves").path("loss"), page(broken).path("curves").path("loss"));
    }

    @Test
    void eventFilesAreReadBack() throws IOException {
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var trainer = trainer(model, arguments(folder).build());
            trainer.onEvent(report(trainer)).train();
        }
        Path file;
        try (var files = Files.list(folder.resolve(TrainingReport.LOGS))) {
            file = files.findFirst().orElseThrow();
        }
        assertTrue(file.getFileName().toString().contains("tfevents"));
        var events = EventFileReader.read(file);
        assertEquals("brain.Event:2", events.getFirst().version().orElseThrow());
        assertTrue(events.get(1).start());
        assertEquals(1, events.get(1).step());
        assertTrue(events.get(2).texts().get("args/text_summary").contains("| learning_rate | 0.01 |"));
        var told = lines(folder);
        var losses = told.stream().filter(l -> l.numbers().containsKey("loss")).toList();
        var read = events.stream().filter(e -> e.scalars().containsKey("train/loss")).toList();
        assertEquals(12, read.size());
        for (int i = 0; i < 12; i++) {
            assertEquals(losses.get(i).step(), read.get(i).step());
            assertEquals(losses.get(i).time(), read.get(i).time(), 1e-3);
            for (var name : List.of("loss", "learning_rate", "grad_norm", "tokens_per_second", "epoch")) {
                assertEquals(losses.get(i).numbers().get(name).floatValue(), read.get(i).scalars().get("train/" + name), name);
            }
        }
        assertEquals(List.of(6L, 12L), events.stream().filter(e -> e.scalars().containsKey("eval/loss")).map(e -> e.step()).toList());
        assertTrue(events.stream().anyMatch(e -> e.texts().getOrDefault("samples/1/text_summary", "").startsWith("**Once upon**")));
    }

    @Test
    void whatIsReadOrWrittenIsOnThePageAsTextAlone() throws IOException {
        var hostile = "</script><b>x";
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var trainer = trainer(model, arguments(folder).build());
            trainer.onEvent(TrainingReport.of(trainer).withSamples(TOKENIZER, List.of(hostile), false)
                    .withDataMix(new DataMix(List.of(new DataMix.Part(hostile, 960))))).train();
        }
        assertFalse(Files.readString(folder.resolve(TrainingReport.PAGE)).contains(hostile));
        assertEquals(hostile, page(folder).path("samples").path(0).path("texts").path(0).path("prompt").asText());
        assertEquals(hostile, page(folder).path("mix").path(0).path(0).asText());
        assertEquals("finished", page(folder).path("state").path("name").asText());
        assertEquals(12, page(folder).path("curves").path("loss").path(0).size());
    }

    /** The first broken weight shows at the step after it; what the run says then is the last line. */
    @Test
    void aRunThatFailsSaysSoInItsFiles() throws IOException {
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var trainer = trainer(model, arguments(folder).build());
            trainer.onEvent(report(trainer)).onEvent(event -> {
                if (event.step() == 3)
                    model.parameters().get("transformer.wpe.weight").value().memory().setAtIndex(ValueLayout.JAVA_FLOAT, 0, Float.NaN);
            });
            assertThrows(RuntimeException.class, trainer::train);
        }
        assertTrue(lines(folder).getLast().note().orElseThrow().contains("the loss is NaN"), lines(folder).getLast().toString());
        assertEquals("failed", page(folder).path("state").path("name").asText());
    }

    @Test
    void aFileThatCannotBeWrittenIsToldOnceAndEndsNothing() throws IOException {
        Files.writeString(folder.resolve(TrainingReport.LOGS), "a file where the folder should be");
        Files.createDirectories(folder.resolve(TrainingReport.PAGE).resolve("full"));
        var faults = new ArrayList<String>();
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var trainer = trainer(model, arguments(folder).build());
            assertEquals(12, trainer.onEvent(report(trainer).onFault(faults::add)).train().globalStep());
        }
        assertEquals(2, faults.size(), faults.toString());
        assertTrue(faults.getFirst().startsWith(folder.resolve(TrainingReport.LOGS) + " cannot be written"), faults.toString());
        assertEquals(12, lines(folder).stream().filter(l -> l.numbers().containsKey("loss")).count());
    }

    @Test
    void noneWritesNothing() throws IOException {
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var trainer = trainer(model, arguments(folder).reportTo(ReportTo.NONE).saveSteps(0).build());
            trainer.onEvent(report(trainer)).train();
        }
        try (var files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void aSpikeStaysInACurveOfAnyLength() {
        var curve = new Curve();
        for (int step = 1; step <= 100_000; step++) curve.add(step, step == 54_321 ? 9 : Math.sin(step) / 10);
        var at = Arrays.stream(curve.values()).boxed().toList().indexOf(9.0);
        assertEquals(54_321, curve.steps()[at]);
        assertTrue(curve.steps().length <= 2048);
        for (int i = 1; i < curve.steps().length; i++) assertTrue(curve.steps()[i - 1] < curve.steps()[i]);
    }

    /** The engine over a model in training chooses what the model's own scores say. */
    @Test
    void aModelThatLearnsGeneratesByItsScores() {
        try (var model = TrainableLM.create(ModelConfig.qwen3(290, 32, 16, 2, 2, 1, 32), 1)) {
            model.computeIn(DType.FLOAT32);
            var prompt = TOKENIZER.encode("Once upon");
            var expected = prompt;
            for (int i = 0; i < 8; i++) {
                var scores = model.nextLogits(TokenBatch.of(expected))[0];
                var likeliest = 0;
                for (int id = 1; id < scores.length; id++) {
                    if (scores[id] > scores[likeliest]) likeliest = id;
                }
                expected = Arrays.copyOf(expected, expected.length + 1);
                expected[expected.length - 1] = likeliest;
            }
            var greedy = GenerationConfig.DEFAULT.withSampling(0, 0, 1, 0).withMaxNewTokens(8);
            var written = new Generator(model).generate(List.of(prompt), greedy).getFirst().ids();
            assertArrayEquals(Arrays.copyOfRange(expected, prompt.length, expected.length), written);
        }
    }

    @Test
    void whatIsNotFiniteIsNullInALine() {
        var line = MetricLine.ofNumbers(3, 1.5, Map.of("loss", Double.NaN));
        assertEquals("{\"step\":3,\"time\":1.5,\"loss\":null}", line.toJson());
        assertTrue(Double.isNaN(MetricLine.parse(line.toJson()).orElseThrow().numbers().get("loss")));
    }
}
