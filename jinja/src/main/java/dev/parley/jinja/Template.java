package dev.parley.jinja;

import java.time.LocalDateTime;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A template in the Jinja that chat templates are written in, as Python's jinja2 runs it, by default with transformers' settings:
 * {@code trim_blocks}, {@code lstrip_blocks}, loop controls, generation blocks, tojson without escapes for HTML,
 * raise_exception and strftime_now. Lists and maps cannot be changed, as in its sandbox.
 *
 * <p>A template can reach nothing but its inputs. Size and depth of values, the depth of calls and the work in all are
 * bounded, so that a hostile template ends in an error soon. Immutable; threads may share it.
 */
public final class Template {

    private static final int LONGEST = 1 << 20;

    private final String source;
    private final String where;
    private final TemplateSettings settings;
    private final Parser.Parsed parsed;

    private Template(String source, String where, TemplateSettings settings, Parser.Parsed parsed) {
        this.source = source;
        this.where = where;
        this.settings = settings;
        this.parsed = parsed;
    }

    /** Reads a chat template; see {@link #parse(String, String, TemplateSettings)}. */
    public static Template parse(String source, String where) {
        return parse(source, where, TemplateSettings.CHAT);
    }

    /**
     * Reads a template.
     *
     * @param where the file, as errors name it
     * @throws TemplateException naming the line, if the template cannot be read or uses a tag, filter, test or function that
     *     there is not
     */
    public static Template parse(String source, String where, TemplateSettings settings) {
        if (source.length() > LONGEST)
            throw new TemplateException(where + ": the template is longer than " + LONGEST + " characters.");
        try {
            return new Template(source, where, settings, Parser.parse(source, settings));
        } catch (SyntaxFault fault) {
            throw new TemplateException(where + ", line " + fault.line() + ": " + fault.getMessage() + ".");
        } catch (Fault fault) {
            throw new TemplateException(where + ": " + fault.getMessage() + ".");
        }
    }

    /** {@return the template's text, as it was given} */
    public String source() {
        return source;
    }

    /** Whether generation blocks tell what the assistant is to say. */
    public boolean marksGeneration() {
        return parsed.marksGeneration();
    }

    /** The names that it reads and gives no value itself, nor asks first whether they are there: what its inputs should have. */
    public Set<String> inputNames() {
        return parsed.free();
    }

    /** The file that errors name. */
    public String where() {
        return where;
    }

    /**
     * Runs the template.
     *
     * @param now what strftime_now tells
     * @throws TemplateException naming the line, if the template refuses its inputs, goes wrong on them, or goes beyond a limit
     */
    public Rendering render(Inputs inputs, Supplier<LocalDateTime> now) {
        var budget = new Budget(inputs.size(), settings.strict());
        var renderer = new Renderer(budget);
        var scope = Scope.outermost(new Globals(renderer.evaluator(), now).values());
        inputs.values().forEach(scope::set);
        try {
            return Rendering.of(renderer.render(parsed.statements(), scope.inside()));
        } catch (Fault fault) {
            var place = where + ", line " + renderer.line();
            throw new TemplateException(fault.isRefusal() ? place + " refuses the conversation: " + fault.getMessage()
                    : place + ": " + fault.getMessage() + ".");
        }
    }
}
