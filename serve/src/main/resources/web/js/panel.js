// The panel at the side: preset, system prompt, how answers are drawn, and what was used.

import * as api from './api.js';
import { el, iconButton } from './dom.js';
import { state, on, tell, setup, modelNamed } from './state.js';
import { aboutAssistant, isAssistant } from './assistants.js';
import { change } from './conversation.js';
import { ask } from './dialog.js';
import { attempt, toast } from './toast.js';
import { usePreset } from './models.js';
import { samplingRows } from './sampling.js';
import { usage } from './meter.js';
import { knowledgeSection } from './knowledge.js';
import { toolsSection } from './tools.js';
import { number, t } from './i18n.js';

const TYPING = 600;

export function panel(onClose) {
    const presets = el('div', { class: 'preset-row' });
    const system = el('textarea', { class: 'field', id: 'system-prompt', rows: '5', placeholder: t('system.placeholder') });
    const rows = el('div', { class: 'sampling' });
    const about = el('section', { class: 'about-assistant', hidden: true });
    const own = [el('section', {}, el('h3', {}, t('preset')), presets),
        el('section', {}, el('h3', {}, el('label', { for: 'system-prompt' }, t('system'))), system),
        el('section', {}, el('h3', {}, t('sampling')), el('p', { class: 'hint' }, t('sampling.hint')), rows)];
    const used = el('dl', { class: 'usage' });
    let typing;
    const saveSystem = () => {
        clearTimeout(typing);
        if (system.value !== setup().system) attempt(() => change({ system: system.value }));
    };
    system.addEventListener('input', () => {
        clearTimeout(typing);
        typing = setTimeout(saveSystem, TYPING);
    });
    system.addEventListener('change', saveSystem);

    function draw() {
        const now = setup();
        presets.replaceChildren(...presetParts(now));
        const model = modelNamed(now.model);
        for (const section of own) section.hidden = isAssistant(model);
        about.hidden = !isAssistant(model);
        about.replaceChildren(...(isAssistant(model) ? aboutAssistant(model) : []));
        if (document.activeElement !== system) system.value = now.system;
        if (!rows.contains(document.activeElement)) rows.replaceChildren(...samplingRows(model, now.settings, saveSetting));
        drawUsage();
    }

    function saveSetting(name, value) {
        const settings = { ...setup().settings };
        if (value === null) delete settings[name];
        else settings[name] = value;
        attempt(() => change({ settings }));
    }

    function drawUsage() {
        const { used: tokens, length, completion, speed } = usage();
        const facts = [['usage.context', length ? t('context.of', { used: number(tokens), length: number(length) }) : '–'], ['usage.written', number(completion)], ['usage.speed', speed ? number(speed, 1) : '–']];
        used.replaceChildren(...facts.map(([key, value]) => el('div', {}, el('dt', {}, t(key)), el('dd', {}, value))));
    }

    let waiting = false;
    const later = () => {
        if (waiting) return;
        waiting = true;
        setTimeout(() => { waiting = false; drawUsage(); }, 300);
    };
    for (const topic of ['conversation', 'models']) on(topic, draw);
    for (const topic of ['thread', 'message']) on(topic, later);
    draw();
    return el('aside', { class: 'panel', id: 'panel', 'aria-label': t('panel') },
        el('header', { class: 'panel-head' }, el('h2', {}, t('panel')), iconButton('close', t('panel.close'), onClose)),
        about, knowledgeSection(), toolsSection(), own, el('section', {}, el('h3', {}, t('usage')), used));
}

function presetParts(now) {
    const current = state.presets.find(p => (p.model || now.model) === now.model && (p.system || '') === now.system && JSON.stringify(p.settings || {}) === JSON.stringify(now.settings));
    const select = el('select', { class: 'field', 'aria-label': t('preset'), onchange: () => {
        const preset = state.presets.find(p => p.id === select.value);
        if (preset) usePreset(preset);
    } }, el('option', { value: '' }, t('preset.none')), state.presets.map(p => el('option', { value: p.id, selected: p === current }, p.name)));
    return [select, el('button', { type: 'button', class: 'button small', onclick: savePreset }, t('preset.save')),
        current ? el('button', { type: 'button', class: 'button small', onclick: () => attempt(() => removePreset(current)) }, t('delete')) : null].filter(Boolean);
}

async function savePreset() {
    const name = await ask(t('preset.save'), t('preset.name'));
    if (!name) return;
    await attempt(async () => {
        state.presets.push(await api.post('/presets', { name, ...setup() }));
        tell('models');
        toast(t('preset.saved', { name }));
    });
}

async function removePreset(preset) {
    await api.remove(`/presets/${preset.id}`);
    state.presets = state.presets.filter(p => p !== preset);
    tell('models');
}
