package dev.parley.tokenizer.jinja;

import dev.parley.tokenizer.jinja.Lexer.Kind;
import dev.parley.tokenizer.jinja.Lexer.Token;
import dev.parley.tokenizer.jinja.Node.Arguments;
import dev.parley.tokenizer.jinja.Node.FilterCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes the statements of a template a tree; expressions are {@link ExpressionParser}'s. */
final class Parser {

    private static final int DEEPEST = 100;

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;

    Parser(List<Token> tokens, String where) {
        this.tokens = new Tokens(tokens, where);
        expressions = new ExpressionParser(this.tokens);
    }

    List<Node> template() {
        var nodes = until(Set.of());
        if (!tokens.at(Kind.END)) throw tokens.fault("the tag is out of place");
        return nodes;
    }

    /** Nodes up to a statement of one of these names, whose name is next. */
    private List<Node> until(Set<String> ends) {
        if (++depth > DEEPEST) throw tokens.fault("statements are nested deeper than " + DEEPEST);
        var nodes = new ArrayList<Node>();
        while (!tokens.at(Kind.END)) {
            if (tokens.at(Kind.TEXT)) {
                nodes.add(new Node.Text(tokens.take().text()));
            } else if (tokens.at(Kind.VARIABLE_BEGIN)) {
                tokens.take();
                nodes.add(new Node.Print(expressions.tuple()));
                tokens.expect(Kind.VARIABLE_END, "}}");
            } else {
                tokens.expect(Kind.BLOCK_BEGIN, "{%");
                if (tokens.at(Kind.NAME) && ends.contains(tokens.peek().text())) {
                    depth--;
                    return nodes;
                }
                nodes.add(statement(tokens.name()));
            }
        }
        if (!ends.isEmpty()) throw tokens.fault("the template ends where " + String.join(" or ", ends.stream().sorted().toList()) + " is missing");
        depth--;
        return nodes;
    }

    private Node statement(String name) {
        return switch (name) {
            case "if" -> conditional();
            case "for" -> loop();
            case "set" -> assignment();
            case "macro" -> macro();
            case "call" -> callBlock();
            case "filter" -> filterBlock();
            case "generation" -> {
                tokens.endOfBlock();
                yield new Node.Generation(body("endgeneration"));
            }
            case "with" -> with();
            case "break", "continue" -> {
                if (loops == 0) throw tokens.fault(name + " stands outside of a loop");
                tokens.endOfBlock();
                yield name.equals("break") ? new Node.Break() : new Node.Continue();
            }
            default -> throw tokens.fault("the statement \"" + name + "\" is not known to chat templates");
        };
    }

    private List<Node> body(String end) {
        var nodes = until(Set.of(end));
        tokens.take();
        tokens.endOfBlock();
        return nodes;
    }

    /** After "if" or "elif". */
    private Node conditional() {
        var condition = expressions.tuple();
        tokens.endOfBlock();
        var then = until(Set.of("elif", "else", "endif"));
        var next = tokens.take().text();
        if (next.equals("elif")) return new Node.If(condition, then, List.of(conditional()));
        tokens.endOfBlock();
        return new Node.If(condition, then, next.equals("else") ? body("endif") : List.of());
    }

    private Node loop() {
        var names = names();
        tokens.expect(Kind.NAME, "in");
        var over = expressions.withoutConditional();
        Optional<Node> filter = tokens.accept(Kind.NAME, "if") ? Optional.of(expressions.expression()) : Optional.empty();
        if (tokens.accept(Kind.NAME, "recursive")) throw tokens.fault("recursive loops are not known to chat templates");
        tokens.endOfBlock();
        loops++;
        var body = until(Set.of("else", "endfor"));
        loops--;
        var next = tokens.take().text();
        tokens.endOfBlock();
        return new Node.For(names, over, filter, body, next.equals("else") ? body("endfor") : List.of());
    }

    private List<String> names() {
        var parentheses = tokens.accept(Kind.OPERATOR, "(");
        var names = new ArrayList<String>();
        do {
            names.add(tokens.name());
        } while (tokens.accept(Kind.OPERATOR, ",") && tokens.at(Kind.NAME) && !tokens.peek().text().equals("in"));
        if (parentheses) tokens.expect(Kind.OPERATOR, ")");
        return names;
    }

    private Node assignment() {
        var line = tokens.peek().line();
        var first = tokens.name();
        Node target = new Node.Name(first, line);
        if (tokens.accept(Kind.OPERATOR, ".")) {
            target = new Node.Attribute(target, tokens.name(), line);
        } else if (tokens.accept(Kind.OPERATOR, ",")) {
            var all = new ArrayList<Node>(List.of(target));
            do {
                all.add(new Node.Name(tokens.name(), line));
            } while (tokens.accept(Kind.OPERATOR, ","));
            target = new Node.ListOf(all, true);
        }
        if (tokens.accept(Kind.OPERATOR, "=")) {
            var value = expressions.tuple();
            tokens.endOfBlock();
            return new Node.Assign(target, value);
        }
        var filters = new ArrayList<FilterCall>();
        while (tokens.accept(Kind.OPERATOR, "|")) filters.add(expressions.filter());
        tokens.endOfBlock();
        return new Node.AssignBlock(target, filters, body("endset"));
    }

    private Node macro() {
        var name = tokens.name();
        return macro(name, "endmacro");
    }

    private Node.Macro macro(String name, String end) {
        var parameters = new ArrayList<String>();
        var defaults = new ArrayList<Optional<Node>>();
        parameters(parameters, defaults);
        tokens.endOfBlock();
        return new Node.Macro(name, parameters, defaults, outsideLoops(end));
    }

    private List<Node> outsideLoops(String end) {
        var outer = loops;
        loops = 0;
        var body = body(end);
        loops = outer;
        return body;
    }

    private void parameters(List<String> parameters, List<Optional<Node>> defaults) {
        tokens.expect(Kind.OPERATOR, "(");
        while (!tokens.accept(Kind.OPERATOR, ")")) {
            parameters.add(tokens.name());
            defaults.add(tokens.accept(Kind.OPERATOR, "=") ? Optional.of(expressions.expression()) : Optional.empty());
            if (!tokens.at(Kind.OPERATOR, ")")) tokens.expect(Kind.OPERATOR, ",");
        }
    }

    private Node callBlock() {
        var parameters = new ArrayList<String>();
        var defaults = new ArrayList<Optional<Node>>();
        if (tokens.at(Kind.OPERATOR, "(")) parameters(parameters, defaults);
        var call = expressions.expression();
        if (!(call instanceof Node.Call)) throw tokens.fault("call needs a call");
        tokens.endOfBlock();
        return new Node.CallBlock(new Node.Macro("caller", parameters, defaults, outsideLoops("endcall")), call);
    }

    private Node filterBlock() {
        var filters = new ArrayList<>(List.of(expressions.filter()));
        while (tokens.accept(Kind.OPERATOR, "|")) filters.add(expressions.filter());
        tokens.endOfBlock();
        return new Node.FilterBlock(filters, body("endfilter"));
    }

    private Node with() {
        var names = new ArrayList<String>();
        var values = new ArrayList<Node>();
        while (tokens.at(Kind.NAME)) {
            names.add(tokens.name());
            tokens.expect(Kind.OPERATOR, "=");
            values.add(expressions.expression());
            if (!tokens.accept(Kind.OPERATOR, ",")) break;
        }
        tokens.endOfBlock();
        return new Node.With(names, values, body("endwith"));
    }

    /** The tokens, one after the other. */
    static final class Tokens {

        private final List<Token> all;
        private final String where;
        private int next;

        Tokens(List<Token> all, String where) {
            this.all = all;
            this.where = where;
        }

        Token peek() {
            return all.get(next);
        }

        Token take() {
            return next < all.size() - 1 ? all.get(next++) : all.get(next);
        }

        boolean at(Kind kind) {
            return peek().kind() == kind;
        }

        boolean at(Kind kind, String text) {
            return peek().is(kind, text);
        }

        boolean accept(Kind kind, String text) {
            if (!at(kind, text)) return false;
            take();
            return true;
        }

        void expect(Kind kind, String text) {
            if (!accept(kind, text)) throw fault("\"" + text + "\" is missing before \"" + peek().text() + "\"");
        }

        String name() {
            if (!at(Kind.NAME)) throw fault("a name is missing before \"" + peek().text() + "\"");
            return take().text();
        }

        void endOfBlock() {
            expect(Kind.BLOCK_END, "%}");
        }

        TemplateException fault(String fault) {
            return new TemplateException(where + ", line " + peek().line() + ": " + fault + ".");
        }
    }
}
