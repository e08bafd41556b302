package dev.parley.jinja;

import dev.parley.jinja.Statement.Macro.Parameter;
import dev.parley.jinja.Statement.Macro.Takes;
import dev.parley.jinja.Statement.Target;
import dev.parley.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the blocks of a template into a tree. */
final class Parser {

    private static final Set<String> CONSTANTS = Set.of("true", "True", "false", "False", "none", "None");

    private final TokenReader tokens;
    private final Names names = new Names();
    private final ExpressionParser expressions;
    private boolean marksGeneration;
    private int loops; // around here, up to the nearest macro or block whose text is kept back

    private Parser(List<Token> tokens) {
        this.tokens = new TokenReader(tokens);
        expressions = new ExpressionParser(this.tokens, names);
        names.given("caller");
    }

    /** A template's blocks. @param marksGeneration whether it has generation blocks; @param free names that only an input can give */
    record Parsed(List<Statement> statements, boolean marksGeneration, Set<String> free) {}

    /** @throws SyntaxFault naming the line and what is wrong there */
    static Parsed parse(String source, TemplateSettings settings) {
        var parser = new Parser(Lexer.tokens(source, settings));
        var body = parser.body(Set.of());
        parser.names.check();
        return new Parsed(body, parser.marksGeneration, Set.copyOf(parser.names.free()));
    }

    /** Everything up to a block with one of these names, which is left to be read, or up to the end. */
    private List<Statement> body(Set<String> ends) {
        var begun = tokens.line();
        var statements = new ArrayList<Statement>();
        tokens.enter();
        while (true) {
            var token = tokens.peek();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Data(Text.of(tokens.next().text())));
                case VARIABLE_BEGIN -> statements.add(print());
                case BLOCK_BEGIN -> {
                    if (tokens.peekAfter().kind() == Kind.NAME && ends.contains(tokens.peekAfter().text())) {
                        tokens.next();
                        tokens.leave();
                        return List.copyOf(statements);
                    }
                    tokens.next();
                    statements.add(block());
                }
                case END -> {
                    if (!ends.isEmpty()) throw new SyntaxFault(begun, "the block that begins here is not closed: "
                            + String.join(" or ", ends.stream().sorted().toList()) + " is missing");
                    tokens.leave();
                    return List.copyOf(statements);
                }
                default -> throw tokens.unexpected("text or a block");
            }
        }
    }

    private Statement print() {
        var line = tokens.next().line();
        var value = expressions.tuple(true);
        if (tokens.peek().kind() != Kind.VARIABLE_END) throw tokens.unexpected("'}}'");
        tokens.next();
        return new Statement.Print(value, line);
    }

    private Statement block() {
        var line = tokens.line();
        var tag = tokens.expectAnyName();
        return switch (tag) {
            case "if" -> names.conditional(() -> conditional(line));
            case "for" -> loop(line);
            case "set" -> set(line);
            case "macro" -> macro(line);
            case "call" -> callBlock(line);
            case "filter" -> names.apart(() -> filterBlock(line));
            case "with" -> with(line);
            case "generation" -> {
                tokens.expectBlockEnd();
                marksGeneration = true;
                yield new Statement.Generation(keptBack("endgeneration"));
            }
            case "break", "continue" -> {
                if (loops == 0) throw new SyntaxFault(line, "'" + tag + "' stands outside of a loop");
                tokens.expectBlockEnd();
                yield tag.equals("break") ? new Statement.Break() : new Statement.Continue();
            }
            default -> throw new SyntaxFault(line, tag.startsWith("end") || tag.equals("else") || tag.equals("elif")
                    ? "'" + tag + "' closes no block that is open here" : "there is no tag '" + tag + "'");
        };
    }

    private void end(String tag) {
        tokens.expectName(tag);
        tokens.expectBlockEnd();
    }

    /** A body whose text is not written where it stands, so that no loop outside can be left from within. */
    private List<Statement> keptBack(String end) {
        var outside = loops;
        loops = 0;
        var body = names.apart(() -> body(Set.of(end)));
        loops = outside;
        end(end);
        return body;
    }

    private Statement conditional(int begun) {
        var branches = new ArrayList<Statement.If.Branch>();
        var line = begun;
        do {
            var test = expressions.tuple(false);
            tokens.expectBlockEnd();
            branches.add(new Statement.If.Branch(test, body(Set.of("elif", "else", "endif")), line));
            line = tokens.line();
        } while (tokens.skipName("elif"));
        return new Statement.If(List.copyOf(branches), otherwise("endif"));
    }

    private List<Statement> otherwise(String end) {
        var body = List.<Statement>of();
        if (tokens.skipName("else")) {
            tokens.expectBlockEnd();
            body = body(Set.of(end));
        }
        end(end);
        return body;
    }

    private Statement loop(int line) {
        var target = target(false);
        tokens.expectName("in");
        var over = expressions.tuple(false);
        Optional<Expression> filter = tokens.skipName("if") ? Optional.of(expressions.tuple(true)) : Optional.empty();
        if (tokens.peek().isName("recursive"))
            throw new SyntaxFault(tokens.line(), "recursive loops are not supported; use a macro that calls itself");
        tokens.expectBlockEnd();
        loops++;
        var body = names.apart(() -> body(Set.of("else", "endfor")));
        loops--;
        return new Statement.For(target, over, filter, body, otherwise("endfor"), line);
    }

    // ---- what is given a value ----

    private Target target(boolean attributes) {
        var first = singleTarget(attributes);
        if (!tokens.peek().isOperator(",")) return first;
        var targets = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",")) {
            if (tokens.peek().isName("in") || tokens.peek().isOperator("=") || tokens.peek().isOperator(")")) break;
            targets.add(singleTarget(attributes));
        }
        return new Target.Tuple(List.copyOf(targets));
    }

    private Target singleTarget(boolean attributes) {
        if (tokens.skipOperator("(")) {
            tokens.enter();
            var inner = target(attributes);
            tokens.leave();
            tokens.expectOperator(")");
            return inner;
        }
        var line = tokens.line();
        var name = tokens.expectAnyName();
        if (attributes && tokens.skipOperator(".")) {
            names.read(name);
            return new Target.Attribute(name, tokens.expectAnyName());
        }
        return new Target.Name(assignable(name, line));
    }

    private String assignable(String name, int line) {
        if (CONSTANTS.contains(name)) throw new SyntaxFault(line, "'" + name + "' cannot be given a value");
        names.given(name);
        return name;
    }

    private Statement set(int line) {
        var target = target(true);
        if (tokens.skipOperator("=")) {
            var value = expressions.tuple(true);
            tokens.expectBlockEnd();
            return new Statement.Set(target, value, line);
        }
        Expression value = new Expression.Body();
        while (tokens.skipOperator("|")) value = expressions.filter(value);
        tokens.expectBlockEnd();
        return new Statement.SetBlock(target, value, keptBack("endset"), line);
    }

    private Statement with(int line) {
        var given = new ArrayList<Statement.Set>();
        while (tokens.peek().kind() != Kind.BLOCK_END) {
            if (!given.isEmpty()) tokens.expectOperator(",");
            var target = new Target.Name(assignable(tokens.expectAnyName(), line));
            tokens.expectOperator("=");
            given.add(new Statement.Set(target, expressions.expression(), line));
        }
        tokens.expectBlockEnd();
        var body = names.apart(() -> body(Set.of("endwith")));
        end("endwith");
        return new Statement.With(List.copyOf(given), body, line);
    }

    private Statement filterBlock(int line) {
        var value = expressions.filter(new Expression.Body());
        while (tokens.skipOperator("|")) value = expressions.filter(value);
        tokens.expectBlockEnd();
        return new Statement.FilterBlock(value, keptBack("endfilter"), line);
    }

    // ---- macros ----

    private Statement macro(int line) {
        var name = assignable(tokens.expectAnyName(), line);
        var mark = names.mark();
        var parameters = parameters();
        tokens.expectBlockEnd();
        var body = keptBack("endmacro");
        return new Statement.Macro(name, parameters, takes(mark, parameters), body, line);
    }

    private Takes takes(int mark, List<Parameter> parameters) {
        var declared = parameters.stream().map(Parameter::name).toList();
        return new Takes(names.readSince(mark, "varargs") && !declared.contains("varargs"),
                names.readSince(mark, "kwargs") && !declared.contains("kwargs"),
                names.readSince(mark, "caller") && !declared.contains("caller"));
    }

    private List<Parameter> parameters() {
        tokens.expectOperator("(");
        var parameters = new ArrayList<Parameter>();
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) tokens.expectOperator(",");
            var line = tokens.line();
            var name = assignable(tokens.expectAnyName(), line);
            Optional<Expression> otherwise = tokens.skipOperator("=") ? Optional.of(expressions.expression()) : Optional.empty();
            if (otherwise.isEmpty() && !parameters.isEmpty() && parameters.getLast().otherwise().isPresent()) {
                throw new SyntaxFault(line, "the parameter '" + name + "' without a default follows one with a default");
            }
            parameters.add(new Parameter(name, otherwise));
        }
        return List.copyOf(parameters);
    }

    private Statement callBlock(int line) {
        var mark = names.mark();
        var parameters = tokens.peek().isOperator("(") ? parameters() : List.<Parameter>of();
        if (!(expressions.expression() instanceof Expression.Call call)) throw new SyntaxFault(line, "a call block calls no macro");
        tokens.expectBlockEnd();
        var body = keptBack("endcall");
        return new Statement.CallBlock(new Statement.Macro("caller", parameters, takes(mark, parameters), body, line), call, line);
    }
}
