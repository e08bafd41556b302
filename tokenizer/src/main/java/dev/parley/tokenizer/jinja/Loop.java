package dev.parley.tokenizer.jinja;

import java.util.List;

/** What a loop's body can ask about where it is. */
record Loop(List<Object> items, int at) {

    static Loop at(List<Object> items, int at) {
        return new Loop(items, at);
    }

    Object get(String name) {
        return switch (name) {
            case "index" -> (long) at + 1;
            case "index0" -> (long) at;
            case "revindex" -> (long) items.size() - at;
            case "revindex0" -> (long) items.size() - at - 1;
            case "first" -> at == 0;
            case "last" -> at == items.size() - 1;
            case "length" -> (long) items.size();
            case "previtem" -> at > 0 ? items.get(at - 1) : new Undefined("loop.previtem");
            case "nextitem" -> at < items.size() - 1 ? items.get(at + 1) : new Undefined("loop.nextitem");
            case "depth" -> 1L;
            case "depth0" -> 0L;
            case "cycle" -> (Function) (values, named) -> values.isEmpty() ? null : values.get(at % values.size());
            default -> new Undefined("loop." + name);
        };
    }
}
