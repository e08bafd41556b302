// Follows an answer as server-sent events (WHATWG HTML, section 9.2), and goes on where it was after a lost connection.
// fetch rather than EventSource: that one gives no status on a refusal, and waits as it likes.

import { refusal, ApiError } from './api.js';

const FIRST_WAIT = 400;
const LONGEST_WAIT = 10_000;
/** The server sends a sign of life every 10 s; three that are missing are a dead connection. */
const SILENCE = 32_000;

/**
 * Calls onEvent(name, data) for each event until the answer has ended, and onConnection(false) and (true) when the
 * connection is lost and found. Ends with an ApiError when the server refuses, quietly when signal aborts.
 */
export async function follow(message, { onEvent, onConnection, signal }) {
    let lastId = '';
    let wait = FIRST_WAIT;
    for (;;) {
        try {
            const ended = await readOnce(message, lastId, signal, () => {
                if (wait !== FIRST_WAIT) onConnection(true);
                wait = FIRST_WAIT;
            }, event => {
                if (event.id) lastId = event.id;
                onEvent(event.name, event.data);
                return event.name === 'end' || event.name === 'failure';
            });
            if (ended) return;
        } catch (e) {
            if (signal.aborted) return;
            if (e instanceof ApiError && e.status < 500) throw e;
        }
        if (signal.aborted) return;
        onConnection(false);
        await pause(wait, signal);
        wait = Math.min(wait * 2, LONGEST_WAIT);
    }
}

async function readOnce(message, lastId, signal, onOpen, onEvent) {
    const watch = new AbortController();
    let timer = setTimeout(() => watch.abort(), SILENCE);
    const headers = lastId ? { Accept: 'text/event-stream', 'Last-Event-ID': lastId } : { Accept: 'text/event-stream' };
    try {
        const response = await fetch(`/api/answers/${encodeURIComponent(message)}/events`, { headers, cache: 'no-store', credentials: 'same-origin', signal: AbortSignal.any([signal, watch.signal]) });
        if (!response.ok) throw await refusal(response);
        onOpen();
        if (response.status === 204) return true; // there is no more than we have
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        const parse = eventParser();
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return false;
            clearTimeout(timer);
            timer = setTimeout(() => watch.abort(), SILENCE);
            for (const event of parse(value)) if (onEvent(event)) return true;
        }
    } finally {
        clearTimeout(timer);
        watch.abort();
    }
}

/** Gives the events that are whole with each piece of text. */
export function eventParser() {
    let rest = '';
    return piece => {
        rest += piece;
        const parts = rest.split(/\r?\n\r?\n/);
        rest = parts.pop();
        return parts.map(readEvent).filter(event => event !== null);
    };
}

function readEvent(block) {
    const event = { id: '', name: 'message', data: null };
    let data = '';
    for (const line of block.split(/\r?\n/)) {
        const [, field, value] = /^([a-z]*): ?(.*)$/.exec(line) || [];
        if (field === 'id') event.id = value;
        else if (field === 'event') event.name = value;
        else if (field === 'data') data += value;
    }
    if (data === '') return null;
    event.data = JSON.parse(data);
    return event;
}

/** Waits, but not longer than until the network is there again. */
function pause(milliseconds, signal) {
    return new Promise(resolve => {
        const over = () => {
            clearTimeout(timer);
            removeEventListener('online', over);
            signal.removeEventListener('abort', over);
            resolve();
        };
        const timer = setTimeout(over, milliseconds);
        addEventListener('online', over);
        signal.addEventListener('abort', over);
    });
}
