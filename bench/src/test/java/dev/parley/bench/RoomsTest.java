package dev.parley.bench;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The order of the rooms, held by the compiled classes. Each room may depend on those before it. */
class RoomsTest {

    private static final List<String> ROOMS = List.of("files", "kernels", "jinja", "tokenizer", "weights", "hub", "grammar", "model",
            "generate", "data",
            "tensor", "torch", "train", "eval", "explain", "knowledge", "assist", "serve", "cli", "bench");

    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.parley");
    }

    @Test
    void everyRoomWithSourcesIsLookedAt() throws IOException {
        for (var room : ROOMS) {
            var seen = classes.stream().anyMatch(c -> c.getPackageName().matches("dev\\.parley\\." + room + "(\\..*)?"));
            var sources = Repository.root().resolve(room).resolve("src/main/java");
            assertEquals(Files.isDirectory(sources) && !javaFiles(sources).isEmpty(), seen, room);
        }
    }

    @Test
    void noRoomIsMissingFromTheOrder() throws IOException {
        try (var folders = Files.list(Repository.root())) {
            var rooms = folders.filter(f -> Files.isRegularFile(f.resolve("pom.xml"))).map(f -> f.getFileName().toString()).sorted()
                    .toList();
            assertEquals(ROOMS.stream().sorted().toList(), rooms);
        }
    }

    @Test
    void arrowsOfDependencyOnlyPointUp() {
        for (int i = 0; i < ROOMS.size() - 1; i++) {
            var below = ROOMS.subList(i + 1, ROOMS.size()).stream().map(r -> "dev.parley." + r + "..").toArray(String[]::new);
            noClasses().that().resideInAPackage("dev.parley." + ROOMS.get(i) + "..").should().dependOnClassesThat()
                    .resideInAnyPackage(below).allowEmptyShould(true).check(classes);
        }
    }

    @Test
    void onlyTensorKnowsNativeTypes() {
        noClasses().that().resideOutsideOfPackage("dev.parley.tensor..").should().dependOnClassesThat()
                .resideInAPackage("org.bytedeco..").check(classes);
        assertTrue(classes.stream().anyMatch(c -> c.getDirectDependenciesFromSelf().stream()
                .anyMatch(d -> d.getTargetClass().getPackageName().startsWith("org.bytedeco"))),
                "the rule sees no use of org.bytedeco at all");
    }

    @Test
    void textIsReadWithoutTensorsAndNativeLibraries() {
        noClasses().that()
                .resideInAnyPackage("dev.parley.files..", "dev.parley.hub..", "dev.parley.jinja..", "dev.parley.tokenizer..",
                        "dev.parley.grammar..")
                .should().dependOnClassesThat().resideInAnyPackage("dev.parley.tensor..", "dev.parley.kernels..").check(classes);
    }

    /** Runners, loaders and exports work from a blueprint; {@code ModelConfig} alone has shorthands for new models. */
    @Test
    void nothingOutsideOfFamiliesKnowsOneByName() {
        noClasses().that().resideOutsideOfPackage("dev.parley.model.families..").and()
                .doNotHaveFullyQualifiedName("dev.parley.model.ModelConfig")
                .should().dependOnClassesThat().resideInAPackage("dev.parley.model.families..").check(classes);
    }

    @Test
    void modelsRunAndAreServedWithoutTensors() {
        noClasses().that()
                .resideInAnyPackage("dev.parley.weights..", "dev.parley.model..", "dev.parley.data..", "dev.parley.generate..",
                        "dev.parley.eval..", "dev.parley.explain..", "dev.parley.knowledge..", "dev.parley.serve..")
                .should().dependOnClassesThat().resideInAnyPackage("dev.parley.tensor..", "dev.parley.torch..").check(classes);
    }

    @Test
    void onlyRoomsAboutLearningDrawLibtorchIn() throws IOException {
        for (var room : ROOMS) {
            var pom = Files.readString(Repository.root().resolve(room).resolve("pom.xml"));
            assertEquals(List.of("tensor", "torch", "train", "cli", "bench").contains(room),
                    pom.contains("<needs.libtorch>true"), room);
        }
    }

    /** Its native library weighs 90 MB: {@code knowledge} is compiled against it, and who wants it adds it to the class path. */
    @Test
    void onnxRuntimeComesToNobodyWhoDidNotAskForIt() throws IOException {
        noClasses().that().resideOutsideOfPackage("dev.parley.knowledge.embedders..").should().dependOnClassesThat()
                .resideInAnyPackage("dev.langchain4j..", "ai.onnxruntime..", "ai.djl.onnxruntime..").check(classes);
        for (var room : ROOMS) {
            var pom = Files.readString(Repository.root().resolve(room).resolve("pom.xml")).replaceAll("(?s)<profiles>.*</profiles>", "");
            for (var line : pom.lines().filter(l -> l.contains("langchain4j-embeddings")).toList()) {
                var asked = room.equals("knowledge") && line.contains("<optional>true</optional>") || line.contains("<scope>test</scope>");
                assertTrue(asked, room + ": " + line);
            }
        }
    }

    @Test
    void whoeverOnlyRunsModelsDoesNotUseTensors() {
        noClasses().that().resideInAnyPackage("dev.parley.weights..", "dev.parley.data..", "dev.parley.generate..", "dev.parley.serve..")
                .should().dependOnClassesThat().resideInAnyPackage("dev.parley.tensor..", "dev.parley.torch..").check(classes);
    }

    @Test
    void theServersHttpFloorKnowsNothingAboveIt() {
        noClasses().that().resideInAPackage("dev.parley.serve.http..").should().dependOnClassesThat(
                resideInAPackage("dev.parley.serve..").and(not(resideInAPackage("dev.parley.serve.http..")))).check(classes);
    }

    @Test
    void noApiOfTheServerIsNeededByAnotherNorByWhatAllShare() {
        var apis = List.of("dev.parley.serve.openai..", "dev.parley.serve.ollama..", "dev.parley.serve.anthropic..");
        for (var api : apis) {
            var others = apis.stream().filter(other -> !other.equals(api)).toArray(String[]::new);
            noClasses().that().resideInAnyPackage(others).should().dependOnClassesThat().resideInAPackage(api).allowEmptyShould(true)
                    .check(classes);
        }
        noClasses().that()
                .resideInAnyPackage("dev.parley.serve.chat..", "dev.parley.serve.gate..", "dev.parley.serve.accounts..",
                        "dev.parley.serve.answering..", "dev.parley.serve.assistants..", "dev.parley.serve.sampling..")
                .should().dependOnClassesThat().resideInAnyPackage(apis.toArray(String[]::new)).check(classes);
    }

    @Test
    void noPackageIsADrawerForAnything() {
        for (var name : classes.stream().map(c -> c.getPackageName()).distinct().toList()) {
            assertFalse(name.matches(".*\\.(utils?|commons?|helpers?|managers?|impl|misc)(\\..*)?"), name);
        }
    }

    @Test
    void noTwoPublicTypesShareASimpleName() {
        var packages = new TreeMap<String, Set<String>>();
        for (var type : classes) {
            if (!type.isTopLevelClass() || !type.getModifiers().contains(JavaModifier.PUBLIC)) continue;
            packages.computeIfAbsent(type.getSimpleName(), name -> new TreeSet<>()).add(type.getPackageName());
        }
        assertTrue(packages.size() > 100, "the rule sees only " + packages.keySet());
        packages.values().removeIf(homes -> homes.size() == 1);
        assertEquals(Map.of(), packages);
    }

    @Test
    void everyPackageTellsItsStory() throws IOException {
        for (var room : ROOMS) {
            var sources = Repository.root().resolve(room).resolve("src/main/java");
            for (var folder : javaFiles(sources).stream().map(Path::getParent).distinct().toList()) {
                var story = folder.resolve("package-info.java");
                assertTrue(Files.isRegularFile(story), Repository.root().relativize(story) + " is missing");
                assertTrue(Files.readString(story).contains("<pre>"), Repository.root().relativize(story) + " shows no example");
            }
        }
    }

    private static List<Path> javaFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".java")).toList();
        }
    }
}
