// What a model thought before its answer, folded above it.

import { el } from './dom.js';
import { number, t } from './i18n.js';

// The server writes them so, in whatever form a model has them.
const OPEN = '<think>\n', CLOSE = '\n</think>\n\n';

/** The thoughts at the beginning of a text, and the answer after them. */
export function parted(text) {
    if (!text.startsWith(OPEN)) return { thought: '', at: 0, open: false };
    const end = text.indexOf(CLOSE);
    if (end >= 0) return { thought: text.slice(OPEN.length, end), at: end + CLOSE.length, open: false };
    return { thought: text.slice(OPEN.length), at: text.length, open: true };
}

/** The answer alone. */
export function answerOf(text) {
    return text.slice(parted(text).at);
}

export class Thoughts {
    #label = el('summary');
    #text = el('div', { class: 'thoughts-text' });
    element = el('details', { class: 'thoughts', hidden: true }, this.#label, this.#text);
    #since = 0;
    #took = 0;

    /** Shows those of a message. @return where in its text the answer begins */
    update(text, running) {
        const { thought, at, open } = parted(text);
        this.show(thought, open && running);
        return at;
    }

    /** Shows thoughts that have been told apart. */
    show(thought, thinking) {
        if (thinking) this.#since ||= performance.now();
        else if (this.#since && !this.#took) this.#took = performance.now() - this.#since;
        this.element.hidden = thought === '' && !thinking;
        this.#label.textContent = thinking ? t('thoughts.now') : this.#took ? t('thoughts.for', { seconds: number(this.#took / 1000, 1) }) : t('thoughts');
        if (this.#text.textContent !== thought) this.#text.textContent = thought;
    }
}
