// An answer on the page while it is written: only what changed is touched, so nothing flickers, and what the reader
// has selected or scrolled stays.

import { blocks, render, mended } from './markdown.js';
import { dress } from './dress.js';

/** Where in the source each block of a finished text lies: Look inside needs it. */
const ranges = new WeakMap();

export function rangeOf(block) {
    return ranges.get(block);
}

export class Writing {
    #root;
    #shown = []; // {raw, element} of each block
    #text = '';
    #finished = false;
    #offset = 0; // of what is shown in the message's text

    #onRenewed;
    #decorate;

    /** @param onRenewed hears when all elements were made anew @param decorate changes an element before it is shown */
    constructor(root, onRenewed = () => {}, decorate = () => {}) {
        this.#root = root;
        this.#onRenewed = onRenewed;
        this.#decorate = decorate;
    }

    /** Shows a text; one that is not finished may end in the middle of a mark. */
    show(text, finished, offset = 0) {
        if (text === this.#text && finished === this.#finished) return;
        this.#offset = offset;
        this.#text = text;
        this.#finished = finished;
        this.#write();
    }

    /** Shows the text as it was first, without what others did to its elements. */
    again() {
        this.#root.replaceChildren();
        this.#shown = [];
        this.#write();
        this.#onRenewed();
    }

    #write() {
        const source = this.#text.replace(/\r\n?/g, '\n');
        const found = blocks(this.#finished ? source : mended(source));
        let at = this.#offset;
        const next = [];
        for (const [i, block] of found.entries()) {
            const old = this.#shown[i];
            const element = old?.raw === block.raw ? old.element : this.#replace(old?.element, render(block, found.links), next);
            next.push({ raw: block.raw, element });
            if (element) ranges.set(element, { start: at, end: at + block.raw.length });
            at += block.raw.length;
        }
        for (const gone of this.#shown.slice(found.length)) gone.element?.remove();
        this.#shown = next;
    }

    #replace(old, fresh, before) {
        if (!fresh) {
            old?.remove();
            return null;
        }
        fresh = dress(fresh, () => this.again());
        this.#decorate(fresh);
        if (old) return morph(old, fresh);
        const last = before.findLast(b => b.element)?.element;
        if (last) last.after(fresh);
        else this.#root.prepend(fresh);
        return fresh;
    }
}

/** Makes the old element like the fresh one with few changes, and gives the one that is on the page. */
function morph(old, fresh) {
    if (old.nodeName !== fresh.nodeName) {
        old.replaceWith(fresh);
        return fresh;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) {
        if (fresh.data.startsWith(old.data)) old.appendData(fresh.data.slice(old.data.length));
        else old.data = fresh.data;
        return old;
    }
    if (old.dataset.tex !== undefined && old.dataset.tex === fresh.dataset.tex) return old;
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    const theirs = [...fresh.childNodes];
    const ours = [...old.childNodes];
    theirs.forEach((child, i) => ours[i] ? morph(ours[i], child) : old.append(child));
    for (const extra of ours.slice(theirs.length)) extra.remove();
    return old;
}
