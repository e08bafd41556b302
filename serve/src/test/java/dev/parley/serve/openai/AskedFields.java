package dev.parley.serve.openai;

import dev.parley.serve.http.JsonFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The names of fields that compiled code asks {@link JsonFields} for, wherever they are written as constants. */
final class AskedFields {

    private static final Set<String> ASKING = Set.of("any", "string", "requireString", "flag", "integer", "whole", "real", "object", "list",
            "objects", "strings");
    private static final String FIELDS = JsonFields.class.getName().replace('.', '/');

    private AskedFields() {}

    static Set<String> in(Path classes) {
        var names = new TreeSet<String>();
        try (var files = Files.walk(classes)) {
            for (var file : files.filter(f -> f.toString().endsWith(".class") && !f.endsWith("Fields.class")).toList())
                collect(file, names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /** The compiled classes of serve. */
    static Path classes() {
        try {
            return Path.of(JsonFields.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void collect(Path file, Set<String> names) throws IOException {
        for (var method : ClassFile.of().parse(file).methods()) {
            List<String> constants = new ArrayList<>(); // since the last call or new array
            for (var element : method.code().map(code -> code.elementList()).orElse(List.of())) {
                if (element instanceof NewReferenceArrayInstruction) constants.clear();
                if (element instanceof ConstantInstruction c && c.constantValue() instanceof String text) constants.add(text);
                if (!(element instanceof InvokeInstruction call)) continue;
                if (call.opcode() == Opcode.INVOKEVIRTUAL && call.owner().asInternalName().equals(FIELDS)) {
                    if (call.name().stringValue().equals("ignore")) names.addAll(constants);
                    else if (ASKING.contains(call.name().stringValue()) && !constants.isEmpty()) names.add(constants.getLast());
                }
                constants.clear();
            }
        }
    }
}
