// What a model thought before its answer, folded above it.

import { el } from './dom.js';
import { number, t } from './i18n.js';

const FORMATS = [['<think>', '</think>'], ['[THINK]', '[/THINK]']];

/**
 * The thoughts at the beginning of a text, and the answer after them. Some templates open the thoughts themselves: then only the closing
 * mark is in the text. A text that is not finished may end within a mark.
 */
export function parted(text, finished) {
    for (const [open, close] of FORMATS) {
        const start = text.trimStart();
        const begun = start.startsWith(open);
        const end = text.indexOf(close);
        if (end >= 0 && (begun || !text.slice(0, end).includes(open))) {
            let at = end + close.length;
            while (at < text.length && /\s/.test(text[at])) at++;
            const from = begun ? text.indexOf(open) + open.length : 0;
            return { thought: text.slice(from, end).trim(), at, open: false };
        }
        if (begun) return { thought: text.slice(text.indexOf(open) + open.length).trim(), at: text.length, open: true };
        if (!finished && start !== '' && open.startsWith(start)) return { thought: '', at: text.length, open: true };
    }
    return { thought: '', at: 0, open: false };
}

/** The answer alone. */
export function answerOf(text) {
    return text.slice(parted(text, true).at);
}

export class Thoughts {
    #label = el('summary');
    #text = el('div', { class: 'thoughts-text' });
    element = el('details', { class: 'thoughts', hidden: true }, this.#label, this.#text);
    #since = 0;
    #took = 0;

    /** Shows those of a message. @return where in its text the answer begins */
    update(text, running) {
        const { thought, at, open } = parted(text, !running);
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
