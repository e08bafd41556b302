// What guardrails decided on an answer, in plain words, each with its rule.

import { el, icon } from './dom.js';
import { t, has } from './i18n.js';

/** How an answer came about, where no model wrote it; null where one did. */
export function endingLabel({ ending, decisions = [] }) {
    if (ending === 'unknown' || ending === 'quoted') return label('book', t(`ending.${ending}`));
    if (ending !== 'guarded') return null;
    const last = decisions.findLast(d => d.ended);
    return label('shield', t(last?.stage === 'output' ? 'ending.guarded.output' : 'ending.guarded'));
}

function label(name, text) {
    return el('p', { class: 'ending' }, icon(name), el('span', {}, text));
}

/** The decisions, those that are alike told once; null where there are none. */
export function decisionList({ decisions = [] }) {
    if (decisions.length === 0) return null;
    const alike = Map.groupBy(decisions, d => JSON.stringify([d.stage, d.guardrail, d.rule, d.ended, d.action]));
    return el('section', { class: 'decisions', 'aria-label': t('decisions') }, el('h3', {}, t('decisions')),
        el('ul', {}, [...alike.values()].map(group => el('li', {}, icon('shield'), el('div', {}, el('span', {}, inWords(group[0]), group.length > 1 ? ` × ${group.length}` : ''),
            el('small', { title: group[0].reason }, t('decision.rule', { guardrail: group[0].guardrail, rule: group[0].rule })))))));
}

function inWords({ guardrail, stage, ended, action = ended ? 'ended' : 'changed' }) {
    const where = has(`stage.${stage}`) ? t(`stage.${stage}`) : stage;
    const known = [`decision.${guardrail}.${action}`, `decision.${guardrail}`].find(has);
    return t(known ?? (ended ? 'decision.other.ended' : 'decision.other'), { where, guardrail });
}
