// Where the reader writes. What is written survives a reload.

import { el, icon, iconButton } from './dom.js';
import { state, on } from './state.js';
import { draft, keepDraft } from './choices.js';
import { say, answer, asking, running, stop } from './conversation.js';
import { compareBar, comparing, askBoth } from './compare.js';
import { contextMeter } from './meter.js';
import { attachButton, attachmentBar } from './attachments.js';
import { formBar } from './forms.js';
import { attempt, speak, toast, words } from './toast.js';
import { t } from './i18n.js';

/** On a touch screen the return key makes a line; the button sends. */
const byTouch = matchMedia('(hover: none) and (pointer: coarse)');

export function composer({ beforeSending, editLast }) {
    const field = el('textarea', { class: 'composer-field', rows: '1', 'aria-label': t('composer.label'), placeholder: t('composer.placeholder'), enterkeyhint: byTouch.matches ? 'enter' : 'send' });
    const button = iconButton('send', t('send'), () => running().length ? attempt(stop) : send(), { class: 'icon-button send' });
    const form = el('form', { class: 'composer', onsubmit: event => { event.preventDefault(); send(); } },
        compareBar(), formBar(), attachmentBar(), el('div', { class: 'composer-box' }, attachButton(), field, button), el('div', { class: 'composer-foot' }, el('span', { class: 'hint' }, t('composer.hint')), contextMeter()));
    let draftOf = '';
    let sending = false;

    async function send() {
        const text = field.value.trim();
        if (text === '' || sending || running().length) return;
        sending = true;
        set('');
        beforeSending();
        try {
            await asking(async () => {
                const said = await say(text);
                speak(t('answer.begun'));
                await attempt(() => comparing() ? askBoth(said.id) : answer(said.id));
            });
        } catch (e) {
            if (e.status === undefined) throw e;
            set(text + (field.value ? `\n${field.value}` : ''));
            if (e.status !== 401) toast(words(e), { label: t('retry'), act: send });
        } finally {
            sending = false;
            drawButton();
        }
    }

    function set(text) {
        field.value = text;
        changed();
    }

    function changed() {
        keepDraft(draftOf, field.value);
        grow();
        drawButton();
    }

    function grow() {
        field.style.height = 'auto';
        field.style.height = `${Math.min(field.scrollHeight, innerHeight * 0.4)}px`;
    }

    function drawButton() {
        const busy = running().length > 0;
        const label = busy ? t('stop') : t('send');
        if (button.title !== label) {
            button.replaceChildren(icon(busy ? 'stop' : 'send'));
            button.title = label;
            button.setAttribute('aria-label', label);
        }
        button.disabled = !busy && field.value.trim() === '';
    }

    field.addEventListener('input', changed);
    field.addEventListener('keydown', event => {
        if (event.isComposing || event.keyCode === 229) return; // an input method is at work: Enter is its own
        if (event.key === 'Enter' && !event.shiftKey && (!byTouch.matches || event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            send();
        } else if (event.key === 'ArrowUp' && field.value === '') {
            event.preventDefault();
            editLast();
        }
    });
    addEventListener('parley-idea', event => {
        set(event.detail);
        field.focus();
    });
    on('conversation', () => {
        const id = state.head?.id ?? '';
        if (id === draftOf) return;
        if (sending && draftOf === '') keepDraft('', '');
        draftOf = id;
        field.value = sending ? field.value : draft(id);
        changed();
        if (!byTouch.matches && !document.querySelector('dialog[open]')) field.focus({ preventScroll: true });
    });
    on('thread', drawButton);
    on('message', drawButton);
    field.value = draft('');
    requestAnimationFrame(() => { grow(); drawButton(); });
    return { element: form, focus: () => field.focus() };
}
