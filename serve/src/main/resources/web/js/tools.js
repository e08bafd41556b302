// Tools of MCP servers: which of them the open conversation may use, the calls of an answer while they run, and consent to each.

import * as api from './api.js';
import { el, icon } from './dom.js';
import { state, on, setup } from './state.js';
import { change } from './conversation.js';
import { offered } from './knowledge.js';
import { attempt, speak, toast } from './toast.js';
import { t } from './i18n.js';

const LOOK_AGAIN = 2_000;
const LONGEST_SHOWN = 20_000;

// ---- which ----

/** A section of the panel; hidden where the server offers none. */
export function toolsSection() {
    const rows = el('div', { class: 'offered' });
    const again = el('button', { type: 'button', class: 'button small', onclick: () => attempt(askAgain) }, t('tools.ask.again'));
    const section = el('section', { hidden: true }, el('h3', {}, t('tools')), el('p', { class: 'hint' }, t('tools.hint')), rows, again);
    let servers = [];

    function draw() {
        section.hidden = servers.length === 0;
        again.hidden = !state.head || setup().tools.length === 0;
        const chosen = setup().tools;
        rows.replaceChildren(...servers.map(server => offered(server.name, about(server), chosen.includes(server.name),
            wanted => attempt(() => change({ tools: wanted ? [...setup().tools, server.name] : setup().tools.filter(name => name !== server.name) })))));
    }

    async function look() {
        servers = (await api.get('/tools')).servers;
        draw();
        if (servers.some(server => server.connecting)) setTimeout(() => look().catch(() => {}), LOOK_AGAIN);
    }

    on('conversation', draw);
    look().catch(() => { /* the section stays away */ });
    return section;
}

function about(server) {
    if (server.connecting) return t('tools.connecting');
    return server.problem || server.tools.map(tool => tool.name).join(', ') || t('tools.none');
}

async function askAgain() {
    await api.remove(`/conversations/${state.head.id}/allowed-tools`);
    toast(t('tools.asked.again'));
}

// ---- the calls of an answer ----

/** The calls of an answer; update(message) shows them as they are. */
export function toolCalls() {
    const element = el('div', { class: 'tool-calls', hidden: true });
    let drawn = '';
    const waiting = new Set();

    function update(message) {
        const calls = message.turn?.tools ?? [];
        const now = JSON.stringify([calls, message.status]);
        if (now === drawn) return;
        drawn = now;
        element.hidden = calls.length === 0;
        const open = new Set([...element.querySelectorAll('details[open]')].map(details => details.dataset.call));
        element.replaceChildren(...calls.map(call => card(message, call, open.has(call.id))));
        for (const call of calls) if (call.asking && !waiting.has(call.asking)) {
            waiting.add(call.asking);
            speak(t('tool.spoken', { tool: call.tool, server: call.source }));
        }
    }

    return { element, update };
}

function card(message, call, open) {
    const running = call.result === undefined && message.status === 'running';
    const kind = call.asking && running ? 'asks' : running ? 'runs' : call.error ? 'failed' : call.result === undefined ? 'ended' : 'done';
    const details = el('details', { 'data-call': call.id, open: open || kind === 'asks' },
        el('summary', {}, icon('tool'), el('span', { class: 'tool-name' }, call.source ? `${call.source} › ${call.tool}` : call.tool), el('span', { class: 'tool-state' }, t(`tool.${kind}`))),
        part(t('tool.arguments'), JSON.stringify(call.arguments ?? {}, null, 2)),
        call.result === undefined ? null : part(t('tool.result'), call.result));
    return el('div', { class: `tool-call ${kind}`, 'aria-busy': String(kind === 'runs') }, details, kind === 'asks' ? question(message, call) : null);
}

/** What others wrote is text here, never anything else. */
function part(title, text) {
    return el('div', { class: 'tool-part' }, el('h4', {}, title), el('pre', { tabindex: '0' }, text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text));
}

function question(message, call) {
    const button = (decision, label, style) => el('button', { type: 'button', class: `button small ${style}`, onclick: () => decide(decision) }, label);
    const buttons = el('div', { class: 'tool-buttons' }, button('once', t('tool.once'), 'primary'), button('conversation', t('tool.always'), ''), button('deny', t('tool.deny'), ''));
    function decide(decision) {
        for (const one of buttons.children) one.disabled = true;
        attempt(() => api.post(`/answers/${message.id}/calls/${call.asking}`, { decision }));
    }
    return el('div', { class: 'tool-question', role: 'group', 'aria-label': t('tool.question') }, el('p', {}, t('tool.question.of', { tool: call.tool, server: call.source })), buttons);
}
