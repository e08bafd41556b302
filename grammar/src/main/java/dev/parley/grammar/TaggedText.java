package dev.parley.grammar;

import static dev.parley.grammar.Expression.choice;

import dev.parley.grammar.Expression.Call;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Values between tags: a string stands as it is, all else is JSON. Where a value need not be a string, none looks like something else. */
final class TaggedText extends JsonText {

    private static final String OTHERS = "\\s*([-\\d{\\[][\\s\\S]*|(null|true|false|None|True|False)\\s*)";

    private final JsonText json = new JsonText();
    private final WrittenStrings strings;
    private final WrittenStrings alone; // where a value is a string

    /** @param close the tag after a value, which no string has */
    TaggedText(String close, Work work) {
        var without = CharacterMachine.without(List.of(close), work);
        var others = CharacterMachine.of(Regex.whole(OTHERS, work), work);
        alone = new RawStrings("", without, "", work);
        strings = new RawStrings("", without.and(others.negated(work), work), "", work);
    }

    private TaggedText(WrittenStrings alone) {
        this.alone = alone;
        strings = alone;
    }

    @Override
    JsonText ofTypes(Set<String> types) {
        return types.equals(Set.of("string")) ? new TaggedText(alone) : this;
    }

    @Override
    String name() {
        return strings == alone ? "tagged string" : "tagged";
    }

    @Override
    JsonText inner() {
        return json;
    }

    @Override
    Map<String, Expression> rules() {
        var rules = new HashMap<>(json.rules());
        rules.put(name() + " any-value", choice(json.anyObject(), new Call("json any-array"), strings.any(),
                NumberRange.anyNumber(), bool(), none()));
        return rules;
    }

    @Override
    Expression anyObject() {
        return json.anyObject();
    }

    @Override
    WrittenStrings strings() {
        return strings;
    }
}
