// One lesson: for whom it is, how well it does before and after, and what can be done with it.

import { el } from './dom.js';
import { date, has, number, percent, t, tn } from './i18n.js';

/** How far the probe may fall before that is worth a warning. */
const MAY_FALL = 0.01;

/**
 * A lesson as a part of the list. act(what, words) changes it: adopt, revoke or discard; the words tell of it.
 * names says whether it tells for whom it is.
 */
export function lessonView(lesson, { open, act, names }) {
    const title = t('lesson.n', { n: lesson.id });
    const facts = [date(Date.parse(lesson.created), { dateStyle: 'medium', timeStyle: 'short' }), ...(names ? [t(lesson.audience === 'all' ? 'teach.for.all' : 'teach.for.me')] : [])];
    return el('details', { class: `lesson ${lesson.state}`, 'data-lesson': lesson.id, open },
        el('summary', { 'data-key': `lesson-${lesson.id}` }, el('strong', {}, title), el('span', { class: 'lesson-state' }, t(`lesson.${lesson.state}`)), el('span', { class: 'hint' }, facts.join(' · '))),
        el('div', { class: 'lesson-body' }, lesson.fault ? el('p', { class: 'problem' }, lesson.fault) : null, el('p', { class: 'hint' }, madeOf(lesson)),
            lesson.fits || ['discarded', 'failed'].includes(lesson.state) ? null : el('p', { class: 'problem' }, t('lesson.unfit')),
            scores(lesson), samples(lesson), actions(lesson, title, act)));
}

function madeOf({ feedback, seconds }) {
    const { edits, pairs, thumbs_up: up, thumbs_down: down, replay } = feedback;
    const parts = [[edits, 'teach.edits'], [pairs, 'teach.choices'], [up + down, 'teach.thumbs'], [replay, 'lesson.replay']].filter(([n]) => n > 0).map(([n, key]) => tn(key, n));
    const from = parts.length ? t('lesson.from', { parts: parts.join(' · ') }) : '';
    return seconds === undefined ? from : [from, tn('lesson.seconds', Math.max(1, Math.round(seconds)))].filter(Boolean).join(' · ');
}

function scores({ held_out: heldOut = [], probe }) {
    if (!heldOut.length && !probe) return null;
    const rows = [...heldOut.map(score => row(score, score.after < score.before)), ...(probe ? [row({ ...probe, name: 'probe' }, probe.after < probe.before - MAY_FALL)] : [])];
    return el('table', { class: 'scores' }, el('caption', {}, t('lesson.scores')),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('lesson.measured')), el('th', { scope: 'col' }, t('lesson.before')), el('th', { scope: 'col' }, t('lesson.after')))), el('tbody', {}, rows));
}

function row({ name, before, after, of }, worse) {
    const better = after > before;
    const label = has(`lesson.score.${name}`) ? t(`lesson.score.${name}`) : name;
    const direction = worse ? t('lesson.worse') : better ? t('lesson.better') : '';
    return el('tr', { class: worse ? 'worse' : better ? 'better' : null }, el('th', { scope: 'row' }, label, of > 1 ? el('small', {}, ` ${t('lesson.of', { n: number(of) })}`) : null),
        el('td', {}, percent(before)), el('td', {}, percent(after), direction ? el('small', {}, ` ${direction}`) : null));
}

function samples({ samples: all = [] }) {
    if (!all.length) return null;
    return el('section', { class: 'samples' }, el('h4', {}, t('lesson.samples')), all.map(sample => el('figure', { class: 'sample' }, el('figcaption', {}, sample.prompt),
        el('div', { class: 'columns' }, answer(t('lesson.before'), sample.before), answer(t('lesson.after'), sample.after)),
        sample.wanted ? el('p', { class: 'wanted' }, el('span', { class: 'hint' }, t('lesson.wanted')), ' ', sample.wanted) : null)));
}

function answer(label, text) {
    return el('div', { class: 'column' }, el('h5', {}, label), el('p', { class: 'plain-text' }, text.trim() === '' ? '–' : text));
}

function actions({ id, state, fits }, title, act) {
    const button = (what, words, done, kind = '') => el('button', { type: 'button', class: `button ${kind}`, 'data-key': `${what}-${id}`, 'aria-label': `${t(words)}: ${title}`, onclick: () => act(what, t(done, { n: id })) }, t(words));
    const use = fits ? [button('adopt', 'lesson.use', 'lesson.used', 'primary')] : [];
    const away = button('discard', 'lesson.discard', 'lesson.gone');
    const all = { ready: [away, ...use], revoked: [away, ...use], failed: [away], 'in-use': [button('revoke', 'lesson.stop', 'lesson.stopped')] }[state] ?? [];
    return all.length ? el('div', { class: 'dialog-actions' }, all) : null;
}
