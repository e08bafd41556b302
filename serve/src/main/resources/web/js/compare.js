// Side by side: one prompt, two answers, and which is the better. The choice is kept for training.

import * as api from './api.js';
import { el, iconButton } from './dom.js';
import { state, on, tell, setup } from './state.js';
import { displayName } from './assistants.js';
import { answerTwice, show, stop } from './conversation.js';
import { Writing } from './writing.js';
import { inForm } from './forms.js';
import { linkCitations, listenToCitations } from './sources.js';
import { Work } from './work.js';
import { attempt, speak, toast } from './toast.js';
import { settingLabel } from './sampling.js';
import { stats } from './meter.js';
import { number, t } from './i18n.js';

let active = false;
const sides = { left: { model: '', preset: '', temperature: '' }, right: { model: '', preset: '', temperature: '' } };

export function comparing() {
    return active;
}

export function toggleCompare() {
    active = !active;
    tell('compare');
}

/** Asks both sides for an answer to a message. */
export function askBoth(parent) {
    return answerTwice(parent, request(sides.left), request(sides.right));
}

function request({ model, preset, temperature }) {
    const chosen = state.presets.find(p => p.id === preset);
    const settings = { ...setup().settings, ...chosen?.settings };
    if (temperature !== '') settings.temperature = Number(temperature);
    return { model: model || chosen?.model || setup().model, settings };
}

/** The strip above the composer where the two sides are chosen. */
export function compareBar() {
    const bar = el('div', { class: 'compare-bar', role: 'group', 'aria-label': t('compare') });

    function draw() {
        bar.hidden = !active;
        if (active) bar.replaceChildren(sideChoice('left', t('compare.left')), sideChoice('right', t('compare.right')), iconButton('close', t('compare.close'), toggleCompare));
    }

    for (const topic of ['compare', 'models', 'conversation']) on(topic, draw);
    draw();
    return bar;
}

function sideChoice(side, label) {
    const chosen = sides[side];
    const keep = name => event => { chosen[name] = event.target.value; };
    const options = (all, first, value) => [el('option', { value: '' }, first), ...all.map(([id, name]) => el('option', { value: id, selected: id === value }, name))];
    return el('fieldset', {}, el('legend', {}, label),
        el('select', { class: 'field', 'aria-label': t('model'), onchange: keep('model') }, options(state.models.map(m => [m.id, displayName(m.id)]), displayName(setup().model), chosen.model)),
        state.presets.length ? el('select', { class: 'field', 'aria-label': t('preset'), onchange: keep('preset') }, options(state.presets.map(p => [p.id, p.name]), t('preset.none'), chosen.preset)) : null,
        el('input', { class: 'field temperature', type: 'number', min: '0', max: '2', step: '0.1', 'aria-label': settingLabel('temperature'), placeholder: t('compare.temperature'), value: chosen.temperature, onchange: keep('temperature') }));
}

/** The two answers, next to each other, under their prompt. */
export function pairView(pair) {
    const left = column(pair.left);
    const right = column(pair.right);
    const verdict = el('div', { class: 'verdict', role: 'group', 'aria-label': t('compare.question') });
    const element = el('section', { class: 'pair', 'aria-label': t('compare') }, el('div', { class: 'columns' }, left.element, right.element), verdict);
    let asked = false;

    function update() {
        left.update();
        right.update();
        const done = [pair.left, pair.right].every(id => state.messages.get(id).status !== 'running');
        if (done && !asked) {
            verdict.replaceChildren(el('p', {}, t('compare.question')), el('div', { class: 'verdict-buttons' },
                ['left', 'tie', 'neither', 'right'].map(choice => el('button', { type: 'button', class: 'button', onclick: () => attempt(() => decide(pair, choice)) }, t(`compare.${choice}.better`)))));
            speak(t('compare.question'));
        } else if (!done) {
            verdict.replaceChildren(el('button', { type: 'button', class: 'button small', onclick: () => attempt(stop) }, t('stop')));
        }
        asked = done;
    }

    update();
    return { of: pair, element, update };
}

async function decide(pair, choice) {
    await api.post(`/conversations/${state.head.id}/comparisons`, { left: pair.left, right: pair.right, choice });
    toast(t('compare.thanks'));
    show(choice === 'right' ? pair.right : pair.left);
}

function column(id) {
    const body = el('div', { class: 'prose turn-body' });
    const message = () => state.messages.get(id);
    const writing = new Writing(body, () => {}, element => linkCitations(element, message()));
    const work = new Work();
    listenToCitations(body, message);
    const name = el('h2', { class: 'turn-name' });
    const foot = el('p', { class: 'turn-stats' });
    const element = el('article', { class: 'column turn' }, name, work.above, body, work.below, foot);
    return { element, update() {
        const message = state.messages.get(id);
        work.update(message);
        element.classList.toggle('guarded', message.turn?.ending === 'guarded');
        const temperature = message.settings?.temperature;
        name.textContent = (displayName(message.model) || t('assistant')) + (temperature === undefined ? '' : ` · ${t('compare.at', { t: number(temperature, 1) })}`);
        writing.show(message.turn ? inForm(message) : message.text, message.status !== 'running');
        element.setAttribute('aria-busy', String(message.status === 'running'));
        element.classList.toggle('waiting', message.status === 'running' && message.text === '');
        foot.textContent = message.status === 'failed' ? message.error || t('answer.failed') : stats(message);
    } };
}
