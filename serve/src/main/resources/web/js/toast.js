// Short notes at the lower edge. They are read out, and stay while the pointer or the focus is on them.

import { el, iconButton } from './dom.js';
import { t } from './i18n.js';

const SHOWN = 6_000;
const SHOWN_WITH_ACTION = 12_000;
const place = el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
const spoken = el('div', { class: 'out-of-sight', role: 'status', 'aria-live': 'polite', id: 'spoken' });

export function toastPlaces() {
    return [place, spoken];
}

/** @param action {label, act} of a button, if something can be done */
export function toast(text, action) {
    const note = el('div', { class: 'toast' }, el('span', {}, text));
    const close = () => note.remove();
    if (action) {
        note.append(el('button', { type: 'button', class: 'link-button', onclick: () => { close(); action.act(); } }, action.label));
    }
    note.append(iconButton('close', t('close'), close));
    place.append(note);
    let timer;
    const wait = () => { timer = setTimeout(close, action ? SHOWN_WITH_ACTION : SHOWN); };
    for (const stay of ['pointerenter', 'focusin']) note.addEventListener(stay, () => clearTimeout(timer));
    for (const go of ['pointerleave', 'focusout']) note.addEventListener(go, wait);
    wait();
    while (place.childElementCount > 3) place.firstElementChild.remove();
}

/** Does something, and tells when it fails, with a way to try again. */
export async function attempt(work) {
    try {
        return await work();
    } catch (e) {
        if (e.status === undefined) throw e;
        if (e.status !== 401) toast(words(e), { label: t('retry'), act: () => attempt(work) });
        return undefined;
    }
}

/** A refusal in words, with how long to wait. */
export function words(error) {
    return error.retryAfter ? `${error.message} ${t('error.wait', { seconds: error.retryAfter })}` : error.message;
}

/** Says something to a screen reader only. */
export function speak(text) {
    spoken.textContent = text;
}
