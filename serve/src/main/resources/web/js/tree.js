// A conversation is a tree: an edited or repeated turn is a sibling of the first. All here is pure.

/** The messages from the first to a leaf. */
export function path(messages, leaf) {
    const found = [];
    for (let at = messages.get(leaf); at; at = messages.get(at.parent)) found.unshift(at);
    return found;
}

/** All the messages with one parent, oldest first. */
export function children(messages, parent) {
    return [...messages.values()].filter(m => m.parent === parent);
}

/** Where a message stands among those it can be changed for: {all, index}. */
export function siblings(messages, message) {
    const all = children(messages, message.parent).filter(m => m.role === message.role);
    return { all, index: all.findIndex(m => m.id === message.id) };
}

/** The end of the newest branch through a message. */
export function leafUnder(messages, id) {
    for (;;) {
        const next = children(messages, id).at(-1);
        if (!next) return id;
        id = next.id;
    }
}

/** The newest leaf of all, or null. */
export function newestLeaf(messages) {
    const roots = children(messages, null);
    return roots.length ? leafUnder(messages, roots.at(-1).id) : null;
}
