// Files of the open conversation: chosen, dropped or pasted, sent one after the other, and read by the server in the background.

import * as api from './api.js';
import { el, icon, iconButton } from './dom.js';
import { state, on } from './state.js';
import { ensureBegun } from './conversation.js';
import { attempt, speak, toast, words } from './toast.js';
import { t, tn } from './i18n.js';

const KINDS = '.txt,.text,.md,.markdown,.html,.htm,.xhtml,.pdf,.docx';
const LOOK_AGAIN = 800;

/** What is shown: {id, name, state, passages, note}; of one that is on its way or was refused {name, progress, cancel} or {name, problem}. */
let files = [];
let shownOf = '';
let looking = 0;
let sending = Promise.resolve();
const drawers = new Set();

function draw() {
    for (const drawer of drawers) drawer();
}

/** The files above the field. */
export function attachmentBar() {
    const list = el('ul', { class: 'attachments', 'aria-label': t('attachments') });
    const redraw = () => {
        list.hidden = files.length === 0;
        list.replaceChildren(...files.map(chip));
    };
    drawers.add(redraw);
    on('conversation', follow);
    redraw();
    return list;
}

/** The button that chooses files. */
export function attachButton() {
    const input = el('input', { type: 'file', multiple: true, accept: KINDS, hidden: true, tabindex: '-1', 'aria-hidden': 'true' });
    input.addEventListener('change', () => {
        attach([...input.files]);
        input.value = '';
    });
    return el('span', { class: 'attach' }, input, iconButton('attach', t('attach'), () => input.click()));
}

/** Takes files that are dropped anywhere on an element, or pasted. */
export function acceptDrops(element) {
    const veil = el('div', { class: 'drop-veil', hidden: true }, el('p', {}, t('attach.drop')));
    element.append(veil);
    let inside = 0;
    const carries = event => [...event.dataTransfer?.types ?? []].includes('Files');
    const show = shown => { veil.hidden = !shown; };
    element.addEventListener('dragenter', event => {
        if (!carries(event)) return;
        event.preventDefault();
        inside++;
        show(true);
    });
    element.addEventListener('dragover', event => { if (carries(event)) event.preventDefault(); });
    element.addEventListener('dragleave', event => {
        if (carries(event) && --inside <= 0) { inside = 0; show(false); }
    });
    element.addEventListener('drop', event => {
        inside = 0;
        show(false);
        if (!carries(event)) return;
        event.preventDefault();
        attach([...event.dataTransfer.files]);
    });
    element.addEventListener('paste', event => {
        if (!event.clipboardData?.files.length || event.clipboardData.types.includes('text/plain')) return;
        event.preventDefault();
        attach([...event.clipboardData.files]);
    });
}

function attach(chosen) {
    const sent = chosen.map(file => KINDS.split(',').some(kind => file.name.toLowerCase().endsWith(kind)) ? { name: file.name, file, progress: 0 }
        : { name: file.name, problem: t('attach.kinds') });
    files = [...files, ...sent];
    draw();
    for (const one of sent) if (one.file) sending = sending.then(() => send(one));
}

async function send(one) {
    if (!files.includes(one)) return; // taken away, or another conversation is open
    try {
        await ensureBegun();
        shownOf = state.head.id;
        const upload = api.upload(`/conversations/${state.head.id}/attachments?name=${encodeURIComponent(one.name)}`, one.file, part => {
            one.progress = part;
            one.bar && (one.bar.value = part);
        });
        one.cancel = upload.cancel;
        const made = await upload.done;
        replace(one, made);
        lookLater();
    } catch (e) {
        if (e.status === undefined) throw e;
        if (e.code === 'aborted') return;
        replace(one, { name: one.name, problem: words(e) });
        speak(words(e));
    }
}

function replace(one, by) {
    files = files.map(file => file === one ? by : file);
    draw();
}

async function remove(one) {
    one.cancel?.();
    if (one.id) await api.remove(`/conversations/${state.head.id}/attachments/${one.id}`);
    files = files.filter(file => file !== one && (!one.id || file.id !== one.id));
    draw();
    document.querySelector('.composer-field')?.focus();
}

/** Another conversation is open: its files. */
function follow() {
    const id = state.head?.id ?? '';
    if (id === shownOf) return;
    if (id !== '' && shownOf === '' && files.some(file => file.progress !== undefined)) return; // it was begun for a file
    shownOf = id;
    files = [];
    draw();
    if (id) look();
}

async function look() {
    const of = shownOf;
    let found;
    try {
        found = (await api.get(`/conversations/${of}/attachments`)).attachments;
    } catch {
        if (of === shownOf) lookLater(5 * LOOK_AGAIN);
        return;
    }
    if (of !== shownOf) return;
    const before = JSON.stringify(files.map(file => [file.id, file.state]));
    files = [...found, ...files.filter(file => !file.id)];
    if (before !== JSON.stringify(files.map(file => [file.id, file.state]))) draw();
    for (const file of found) if (file.state === 'failed' && before.includes(`"${file.id}","reading"`)) toast(`${file.name}: ${file.note}`);
    if (files.some(file => file.state === 'reading')) lookLater();
}

function lookLater(after = LOOK_AGAIN) {
    clearTimeout(looking);
    looking = setTimeout(look, after);
}

function chip(file) {
    const bar = file.progress === undefined ? null : el('progress', { max: '1', value: String(file.progress), 'aria-label': t('attach.sending', { name: file.name }) });
    file.bar = bar;
    const problem = file.problem || (file.state === 'failed' ? file.note : '');
    const about = problem || (bar ? null : file.state === 'reading' ? t('attach.reading') : [tn('attach.passages', file.passages), file.note].filter(Boolean).join(' · '));
    return el('li', { class: `attachment ${problem ? 'problem-chip' : file.state || 'sending'}`, title: problem || file.note || file.name },
        icon('file'), el('span', { class: 'attachment-text' }, el('span', { class: 'attachment-name' }, file.name), about ? el('small', {}, about) : bar),
        iconButton('close', t('attach.remove', { name: file.name }), () => attempt(() => remove(file)), { class: 'icon-button tiny' }));
}
