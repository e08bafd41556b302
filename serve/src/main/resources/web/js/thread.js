// The messages that are shown, from the first to the leaf.

import { el } from './dom.js';
import { state, on, modelNamed } from './state.js';
import { path, siblings } from './tree.js';
import { Turn } from './turn.js';
import { pairView } from './compare.js';
import { stickToEnd } from './scroll.js';
import { listenToCopies } from './dress.js';
import { speak, toast } from './toast.js';
import { welcome } from './welcome.js';
import { t } from './i18n.js';

export function thread() {
    const list = el('div', { class: 'thread' });
    const scroller = el('div', { class: 'scroller', tabindex: '-1' }, list);
    const stick = stickToEnd(scroller, list);
    const turns = new Map();
    let pair = null;
    let openId = null;

    function show() {
        const shown = path(state.messages, state.leaf);
        const wanted = new Set(shown.map(m => m.id));
        for (const [id, turn] of turns) {
            if (wanted.has(id)) continue;
            turn.element.remove();
            turns.delete(id);
        }
        for (const message of shown) {
            if (!turns.has(message.id)) turns.set(message.id, new Turn(message));
            turns.get(message.id).update({ last: message.id === state.leaf && !state.pair });
        }
        inOrder(shown.map(message => turns.get(message.id).element));
        showPair();
        showWelcome(shown.length === 0);
    }

    /** What is at its place is not touched: it would lose its focus and its scrolling. */
    function inOrder(elements) {
        elements.forEach((element, i) => { if (list.children[i] !== element) list.insertBefore(element, list.children[i] ?? null); });
    }

    function showPair() {
        if (state.pair && pair?.of === state.pair) pair.update();
        else {
            pair?.element.remove();
            pair = state.pair ? pairView(state.pair) : null;
        }
        if (pair) list.append(pair.element);
    }

    function showWelcome(empty) {
        list.querySelector('.welcome')?.remove();
        if (empty) list.append(welcome());
    }

    on('thread', () => {
        show();
        const opened = state.head?.id ?? null;
        const last = state.messages.get(state.leaf);
        if (opened !== openId || last?.role === 'user' || last?.status === 'running') stick.toEnd();
        openId = opened;
    });
    on('message', message => {
        if (state.pair && [state.pair.left, state.pair.right].includes(message.id)) pair?.update();
        turns.get(message.id)?.update({ last: message.id === state.leaf && !state.pair });
    });
    on('answered', message => {
        if (message.status === 'failed') speak(message.error);
        else if (turns.has(message.id)) speak(t('answer.spoken', { text: turns.get(message.id).plainText() }));
        if (!message.turn && isRepeated(message)) toast(t('answer.same'));
    });
    on('look', () => { for (const turn of turns.values()) turn.look(); });
    for (const topic of ['models', 'conversation']) on(topic, () => { if (list.querySelector('.welcome')) showWelcome(true); });
    listenToCopies(list);
    return { element: scroller, button: stick.button, toEnd: stick.toEnd, turn: id => turns.get(id) };
}

/** Whether asking again could only give the same: at temperature 0 nothing is left to chance. */
function isRepeated(message) {
    const temperature = message.settings?.temperature ?? modelNamed(message.model)?.defaults?.temperature;
    return temperature === 0 && siblings(state.messages, message).all.some(m => m !== message && m.model === message.model && m.text === message.text);
}
