package dev.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whoever uses a room as a library finds a sentence at each public type and method. doclint's {@code missing} cannot hold this: it asks
 * for a tag for every parameter as well, also where the sentence and the parameter's name tell all there is.
 */
class PublicApiTest {

    private static final PublicDeclarations DECLARATIONS = new PublicDeclarations();

    @BeforeAll
    static void readSources() throws IOException {
        DECLARATIONS.readAll(sources());
        assertTrue(DECLARATIONS.seen > 1500, "the rules see only " + DECLARATIONS.seen + " public declarations");
    }

    @Test
    void everythingPublicHasASentence() {
        assertEquals(List.of(), DECLARATIONS.silent);
    }

    /** In the middle of a line, Javadoc shows the at-sign and all as text. */
    @Test
    void tagsBeginTheirLines() {
        assertEquals(List.of(), DECLARATIONS.tagsInText);
    }

    private static List<Path> sources() throws IOException {
        var sources = new ArrayList<Path>();
        try (var rooms = Files.list(Repository.root())) {
            for (var room : rooms.map(r -> r.resolve("src/main/java")).filter(Files::isDirectory).toList()) {
                try (Stream<Path> files = Files.walk(room)) {
                    files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
                }
            }
        }
        return sources;
    }

    /** Types, methods, constructors and constants that other packages can use. */
    private static final class PublicDeclarations extends TreePathScanner<Void, Void> {

        private static final Pattern TAG_IN_TEXT = Pattern.compile("[^\\s{] *@(param|return|throws) ");

        private final List<String> silent = new ArrayList<>();
        private final List<String> tagsInText = new ArrayList<>();
        private int seen;
        private DocTrees docs;
        private CompilationUnitTree unit;

        void readAll(List<Path> sources) throws IOException {
            var compiler = ToolProvider.getSystemJavaCompiler();
            try (var files = compiler.getStandardFileManager(null, null, null)) {
                var units = files.getJavaFileObjectsFromPaths(sources);
                var task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, units);
                docs = DocTrees.instance(task);
                for (var parsed : task.parse()) {
                    unit = parsed;
                    scan(parsed, null);
                }
            }
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            if (!isPublic(type.getModifiers())) return null; // nobody else sees what is in it
            check(type.getSimpleName().toString());
            return super.visitClass(type, nothing);
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            var annotations = method.getModifiers().getAnnotations();
            var inherits = annotations.stream().anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
            var ofRecord = method.getReturnType() == null && around().getKind() == Tree.Kind.RECORD; // the record's own comment tells it
            if (isPublic(method.getModifiers()) && !inherits && !ofRecord) check(around().getSimpleName() + "." + method.getName());
            return null;
        }

        /** Constants of an enum may tell themselves by their names, and settings hold their sentence in two languages. */
        @Override
        public Void visitVariable(VariableTree field, Void nothing) {
            var setting = field.getType() != null && field.getType().toString().matches("\\w*Setting<.*");
            var tellsItself = around().getKind() == Tree.Kind.ENUM || setting;
            if (!tellsItself && isPublic(field.getModifiers())) check(around().getSimpleName() + "." + field.getName());
            return null;
        }

        private ClassTree around() {
            return (ClassTree) getCurrentPath().getParentPath().getLeaf();
        }

        /** Whether it says so, or stands in an interface, where it need not. */
        private boolean isPublic(ModifiersTree modifiers) {
            var flags = modifiers.getFlags();
            var inInterface = getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE;
            return flags.contains(Modifier.PUBLIC) || inInterface && !flags.contains(Modifier.PRIVATE);
        }

        private void check(String name) {
            seen++;
            var doc = docs.getDocComment(getCurrentPath());
            if (doc == null) silent.add(place() + " " + name);
            else if (TAG_IN_TEXT.matcher(doc).find()) tagsInText.add(place() + " " + name);
        }

        private String place() {
            var line = unit.getLineMap().getLineNumber(docs.getSourcePositions().getStartPosition(unit, getCurrentPath().getLeaf()));
            return Repository.root().relativize(Path.of(unit.getSourceFile().toUri())) + ":" + line;
        }
    }
}
