// What an assistant did for an answer, around its text: how it came about above, and below what it stands on, what guardrails
// decided, and which tools were called.

import { el } from './dom.js';
import { callList } from './calls.js';
import { decisionList, endingLabel } from './decisions.js';
import { sourceList } from './sources.js';
import { t, tn } from './i18n.js';

export class Work {
    above = el('div', { class: 'work-above', hidden: true });
    below = el('div', { class: 'work', hidden: true });
    #drawn = null;
    #status = '';

    /** Shows what is known by now; a message of a model by itself has nothing. */
    update(message) {
        const { turn, status } = message;
        if (!turn || (turn === this.#drawn && status === this.#status)) return;
        this.#drawn = turn;
        this.#status = status;
        const open = new Set([...this.below.querySelectorAll('details[open]')].map(details => details.dataset.key));
        fill(this.above, [endingLabel(turn)]);
        fill(this.below, status === 'running' ? [progress(turn), callList(message), decisionList(turn)]
            : [callList(message), sourceList(message), decisionList(turn), notice(turn)]);
        for (const details of this.below.querySelectorAll('details')) details.open = open.has(details.dataset.key);
    }
}

function fill(place, parts) {
    const shown = parts.filter(part => part !== null);
    place.hidden = shown.length === 0;
    place.replaceChildren(...shown);
}

function progress({ passages = [] }) {
    return passages.length === 0 ? null : el('p', { class: 'hint' }, tn('work.found', passages.length));
}

/** What an assistant says under each of its answers. */
function notice({ notice: text = '' }) {
    return text === '' ? null : el('p', { class: 'notice', role: 'note', 'aria-label': t('notice') }, text);
}
