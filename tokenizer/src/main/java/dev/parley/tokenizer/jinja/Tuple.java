package dev.parley.tokenizer.jinja;

import java.util.AbstractList;
import java.util.List;

/** A list that nothing can be added to, and that prints in parentheses. */
final class Tuple extends AbstractList<Object> {

    private final List<Object> items;

    Tuple(List<Object> items) {
        this.items = items;
    }

    @Override
    public Object get(int index) {
        return items.get(index);
    }

    @Override
    public int size() {
        return items.size();
    }
}
