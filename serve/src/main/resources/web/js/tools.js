// Tools of MCP servers: which of them the open conversation may use, and consent to each call.

import * as api from './api.js';
import { el } from './dom.js';
import { state, on, setup } from './state.js';
import { change } from './conversation.js';
import { offered } from './knowledge.js';
import { attempt, speak, toast } from './toast.js';
import { t } from './i18n.js';

const LOOK_AGAIN = 2_000;

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

// ---- consent ----

const announced = new Set();

/** Asks whether a call may be made: with the arguments in view, since they may carry away what nobody should have. */
export function consentQuestion(message, { asking, source, tool, arguments: given }) {
    if (!announced.has(asking)) {
        announced.add(asking);
        speak(t('tool.spoken', { tool, server: source }));
    }
    const button = (decision, label, style) => el('button', { type: 'button', class: `button small ${style}`, onclick: () => decide(decision) }, label);
    const buttons = el('div', { class: 'tool-buttons' }, button('once', t('tool.once'), 'primary'), button('conversation', t('tool.always'), ''), button('deny', t('tool.deny'), ''));
    function decide(decision) {
        for (const one of buttons.children) one.disabled = true;
        attempt(() => api.post(`/answers/${message.id}/calls/${asking}`, { decision }));
    }
    return el('div', { class: 'tool-question', role: 'group', 'aria-label': t('tool.question') }, el('p', {}, t('tool.question.of', { tool, server: source })),
        el('pre', { tabindex: '0' }, JSON.stringify(given ?? {}, null, 2)), buttons);
}
