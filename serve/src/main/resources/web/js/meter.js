// How much was used: tokens, tokens a second, and how full the model's context is.

import { el } from './dom.js';
import { state, on, setup, modelNamed } from './state.js';
import { path } from './tree.js';
import { number, t, tn } from './i18n.js';

/** Shares of the context from which its meter warns. */
const MUCH = 0.75;
const FULL = 0.9;

/** Tokens and speed of an answer, in words. */
export function stats(message) {
    const u = message.usage;
    if (!u || !u.completion_tokens) return '';
    const speed = tokensPerSecond(u);
    return tn('tokens', u.completion_tokens) + (speed ? ` · ${t('tokens.speed', { n: number(speed, speed < 10 ? 1 : 0) })}` : '');
}

/** After the first token, which waits for the prompt to be read; over the whole where all came together. */
function tokensPerSecond({ completion_tokens: tokens, seconds, first_token_seconds: first = 0 }) {
    if (!(tokens > 1 && seconds > 0)) return 0;
    return seconds > first ? (tokens - 1) / (seconds - first) : tokens / seconds;
}

/** What the shown conversation holds: {used, length, completion, speed}; used is of the last answer, with its prompt. */
export function usage() {
    const shown = path(state.messages, state.leaf);
    const answered = shown.findLast(m => m.usage);
    const running = shown.at(-1)?.live && shown.at(-1).status === 'running' ? shown.at(-1) : null;
    const once = shown.findLast(m => m.usage && !m.turn?.tools?.length); // with calls of tools the model read several prompts
    const used = once ? once.usage.prompt_tokens + once.usage.completion_tokens : 0;
    const written = running?.tokens?.length || 0;
    const completion = shown.reduce((sum, m) => sum + (m.usage?.completion_tokens || 0), 0) + written;
    const live = running?.live;
    const seconds = live?.since ? (performance.now() - live.since) / 1_000 : 0;
    const speed = running ? (seconds > 0.2 ? live.tokens / seconds : 0) : answered ? tokensPerSecond(answered.usage) : 0;
    return { used: used + written, length: modelNamed(setup().model)?.context_length || 0, completion, speed };
}

/** A bar that fills with the context, for the composer. */
export function contextMeter() {
    const bar = el('span', { class: 'meter', role: 'meter', 'aria-label': t('context'), 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': '0' });
    const label = el('span', { class: 'meter-text' });
    const element = el('div', { class: 'context-meter' }, bar, label);
    let waiting = false;

    function draw() {
        waiting = false;
        const { used, length, speed } = usage();
        element.hidden = !length || !used;
        if (element.hidden) return;
        const share = Math.min(1, used / length);
        bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
        bar.style.setProperty('--share', String(share));
        bar.classList.toggle('much', share > MUCH && share <= FULL);
        bar.classList.toggle('full', share > FULL);
        label.textContent = t('context.of', { used: number(used), length: number(length) }) + (speed ? ` · ${t('tokens.speed', { n: number(speed, speed < 10 ? 1 : 0) })}` : '');
        element.title = t('context.title');
    }

    const later = () => {
        if (waiting) return;
        waiting = true;
        setTimeout(draw, 150);
    };
    for (const topic of ['thread', 'message', 'conversation', 'models']) on(topic, later);
    return element;
}
