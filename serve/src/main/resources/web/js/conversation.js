// What a reader can do in the open conversation. Answers run on the server; here they are followed.

import * as api from './api.js';
import { follow } from './stream.js';
import { state, tell, setup } from './state.js';
import { leafUnder, newestLeaf } from './tree.js';
import { t } from './i18n.js';

/** Answers that are followed, each with what ends that. */
const following = new Map();

export async function openConversation(id) {
    const found = await api.get(`/conversations/${encodeURIComponent(id)}`);
    leave();
    const { messages, ...head } = found;
    state.head = head;
    state.messages = new Map(messages.map(m => [m.id, m]));
    state.leaf = state.messages.has(head.current) ? leafUnder(state.messages, head.current) : newestLeaf(state.messages);
    tell('conversation');
    tell('thread');
    for (const message of messages) if (message.status === 'running') followAnswer(message);
}

/** Turns to a conversation that begins with its first message. */
export function startNew() {
    leave();
    state.head = null;
    state.messages = new Map();
    state.leaf = null;
    tell('conversation');
    tell('thread');
}

/** Running answers go on without us. */
function leave() {
    for (const controller of following.values()) controller.abort();
    following.clear();
    state.pair = null;
    tell('connection', true);
}

/** Changes model, system, settings, title or pinned of what is open. */
export async function change(fields) {
    if (!state.head) {
        Object.assign(state.fresh, fields);
        tell('conversation');
        return;
    }
    Object.assign(state.head, fields);
    tell('conversation');
    const head = state.head;
    Object.assign(head, await api.patch(`/conversations/${head.id}`, fields));
    tell('list');
}

/** The open conversation on the server, which is told of a new one now. */
export async function ensureBegun() {
    if (state.head) return;
    const { model, system, settings, knowledge, tools } = setup();
    state.head = await api.post('/conversations', { model, system, settings, knowledge, tools });
    history.replaceState(null, '', `#/c/${state.head.id}`);
    tell('conversation');
}

/** Adds a message after the last that is shown. */
export async function say(text) {
    if (state.pair) show(state.pair.left); // none was chosen: the first is as good as any
    await ensureBegun();
    return add({ parent: state.leaf, role: 'user', text });
}

async function add(fields) {
    return added(await api.post(`/conversations/${state.head.id}/messages`, fields));
}

function added(message) {
    state.messages.set(message.id, message);
    state.leaf = message.id;
    tell('thread');
    refreshHead();
    return message;
}

/** The server names a conversation by its first message. */
async function refreshHead() {
    const asked = state.head;
    if (!asked.title) {
        const { messages, ...head } = await api.get(`/conversations/${asked.id}`);
        Object.assign(asked, { title: head.title });
        tell('conversation');
    }
    tell('list');
}

/** Does something that will end in an answer: until then, the message to answer does not look forgotten. */
export async function asking(work) {
    state.asking++;
    try {
        return await work();
    } finally {
        state.asking--;
        tell('thread');
    }
}

/** Asks for an answer to a message, shows it and follows it. */
export async function answer(parent, override = {}) {
    return begin({ parent, ...override });
}

/** A new branch: the first n tokens of an answer, then another token. */
export async function branchFrom(message, n, token) {
    return begin({ begin: { message: message.id, tokens: n, token }, settings: message.settings || {} });
}

/** An answer that broke off goes on in place. */
export async function proceed(message) {
    return begin({ continue: message.id });
}

async function begin(request, { shown = true } = {}) {
    const made = await api.post(`/conversations/${state.head.id}/answers`, request);
    const known = state.messages.get(made.id);
    const message = known ? renewed(known, made) : made;
    state.messages.set(message.id, message);
    if (shown) state.leaf = message.id;
    tell('thread');
    followAnswer(message);
    return message;
}

/** One that goes on is not ended any more. */
function renewed(message, made) {
    for (const name of ['finish_reason', 'error', 'allTokens']) delete message[name];
    return Object.assign(message, made);
}

/** Two answers to one message, for comparing. */
export async function answerTwice(parent, left, right) {
    const first = await begin({ parent, ...left }, { shown: false });
    const second = await begin({ parent, ...right }, { shown: false });
    state.pair = { parent, left: first.id, right: second.id, choice: null };
    state.leaf = parent;
    tell('thread');
}

/** Puts another text in the place of a message of the reader, and has it answered again. */
export async function edit(message, text) {
    await asking(async () => {
        const made = await add({ parent: message.parent, role: message.role, text });
        await answer(made.id);
    });
}

/** Puts what the reader would have had answered beside an answer; it is kept to learn from. */
export async function rewrite(message, text) {
    added(await api.post(`/messages/${message.id}/edit`, { text }));
}

/** Nothing is learned any more from what was written in the place of an answer, which is shown again. */
export async function takeBack(message) {
    const original = message.edit_of;
    await api.remove(`/messages/${message.id}/edit`);
    delete message.edit_of;
    tell('message', message);
    if (state.messages.has(original)) show(original);
}

/** Shows the branch that goes through a message. */
export function show(id) {
    state.pair = null;
    state.leaf = leafUnder(state.messages, id);
    tell('thread');
    change({ current: state.leaf }).catch(() => { /* the server remembers the branch when it is there again */ });
}

/** The answers that are being written and shown. */
export function running() {
    const shown = state.pair ? [state.pair.left, state.pair.right] : [state.leaf];
    return shown.map(id => state.messages.get(id)).filter(m => m && m.status === 'running');
}

export async function stop() {
    await Promise.all(running().map(m => api.post(`/answers/${m.id}/stop`)));
}

async function followAnswer(message) {
    following.get(message.id)?.abort();
    const controller = new AbortController();
    following.set(message.id, controller);
    message.live = { tokens: 0, since: 0 };
    try {
        await follow(message.id, {
            signal: controller.signal,
            onConnection: there => tell('connection', there),
            onEvent: (name, data) => onEvent(message, name, data),
        });
    } catch (e) {
        Object.assign(message, { status: 'failed', error: e.message || t('error.unreachable') });
        tell('message', message);
    } finally {
        if (following.get(message.id) === controller) following.delete(message.id);
    }
}

function onEvent(message, name, data) {
    if (name === 'start') {
        Object.assign(message, data.message, { text: '', tokens: [] }); // the text follows, from its beginning
    } else if (name === 'tokens') {
        message.text += data.text;
        (message.tokens ??= []).push(...data.tokens);
        if (!message.live.since) message.live.since = performance.now();
        else message.live.tokens += data.tokens.length;
    } else if (name === 'turn') {
        message.turn = data; // all that an assistant has done by now
    } else {
        Object.assign(message, data.message);
        if (name === 'failure') Object.assign(message, { status: 'failed', error: data.error.message });
        tell('message', message);
        tell('answered', message);
        tell('list');
        return;
    }
    tell('message', message);
}

/** The tokens of an answer with their probabilities. */
export async function tokensOf(message) {
    if (message.status === 'running') return [];
    if (!message.allTokens) message.allTokens = (await api.get(`/messages/${message.id}/tokens`)).tokens;
    return message.allTokens;
}
