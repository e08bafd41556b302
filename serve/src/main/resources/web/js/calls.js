// The calls of tools that an answer made, with their arguments and results. What they say is shown as text, whatever it is.

import { el, icon } from './dom.js';
import { consentQuestion } from './tools.js';
import { t } from './i18n.js';

/** The calls in their order; null where there are none. */
export function callList(message) {
    const { tools = [] } = message.turn;
    if (tools.length === 0) return null;
    return el('section', { class: 'calls', 'aria-label': t('calls') }, el('h3', {}, t('calls')), tools.map(one => call(message, one)));
}

function call(message, one) {
    const { id, source, tool, arguments: given, result, error } = one;
    const open = result === undefined && message.status === 'running';
    const state = open ? one.asking ? 'asking' : 'running' : result === undefined ? 'stopped' : error ? 'failed' : 'done';
    return el('div', { class: `call ${state}` }, el('details', { 'data-key': id },
        el('summary', {}, icon('tool'), el('span', { class: 'call-name' }, tool, source ? el('small', {}, source) : null), el('span', { class: 'call-state' }, t(`call.${state}`))),
        el('p', {}, t('call.arguments')), el('pre', { tabindex: '0' }, JSON.stringify(given ?? {}, null, 2)),
        result === undefined ? null : [el('p', {}, t(error ? 'call.error' : 'call.result')), el('pre', { tabindex: '0' }, result)]),
    state === 'asking' ? consentQuestion(message, one) : null);
}
