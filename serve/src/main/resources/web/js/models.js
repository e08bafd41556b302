// Which model answers, and the presets: a model with a system prompt and settings under one name.

import * as api from './api.js';
import { el } from './dom.js';
import { state, on, tell, setup, modelNamed } from './state.js';
import { displayName, inReadersLanguage, isAssistant } from './assistants.js';
import { change } from './conversation.js';
import { withoutForm } from './forms.js';
import { openMenu } from './menu.js';
import { attempt } from './toast.js';
import { number, t } from './i18n.js';

export async function loadModels() {
    const found = await api.get('/models');
    state.models = found.models;
    state.defaultModel = found.default;
    state.settings = found.settings;
    state.teaching = found.teaching;
    tell('models');
}

export async function loadPresets() {
    state.presets = (await api.get('/presets')).presets;
    tell('models');
}

export function usePreset({ model, system, settings }) {
    return attempt(() => change({ ...(model && modelNamed(model) && { model }), system: system || '', settings: settings || {} }));
}

/** The button that names the model and opens the choice; onTeach opens the lessons of the model that is chosen. */
export function modelPicker(onTeach) {
    const name = el('span', {});
    const button = el('button', { type: 'button', class: 'model-button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: open }, name);

    async function open() {
        openMenu(button, t('model'), entries());
        loadModels().catch(() => { /* what is known is shown */ });
    }

    function entries() {
        const now = setup();
        const current = modelNamed(now.model)?.id;
        const entry = m => ({ label: displayName(m.id), note: about(m), checked: m.id === current, act: () => attempt(() => change({ model: m.id, settings: withoutForm(setup().settings) })) });
        const models = state.models.filter(m => !isAssistant(m)).map(entry);
        const assistants = state.models.filter(isAssistant).map(entry);
        const presets = state.presets.map(p => ({ label: p.name, note: p.model || undefined, icon: 'settings', act: () => usePreset(p) }));
        return [{ heading: t('models') }, ...models, ...(assistants.length ? [{ heading: t('assistants') }, ...assistants] : []), ...(presets.length ? [{ heading: t('presets') }, ...presets] : []),
            ...(state.teaching ? [{ heading: t('lessons') }, { label: t('teach'), icon: 'teach', act: onTeach }] : [])];
    }

    const draw = () => {
        const { model } = setup();
        name.textContent = displayName(model) || t('model.none');
        button.setAttribute('aria-label', t('model.is', { model: name.textContent }));
    };
    for (const topic of ['models', 'conversation']) on(topic, draw);
    draw();
    return button;
}

function about(model) {
    if (isAssistant(model)) return inReadersLanguage(model.description) || model.id;
    if (model.state === 'failed') return model.failure || t('model.failed');
    const words = [t(`model.${model.state}`), t('model.context', { n: number(model.context_length) })];
    if (!model.chat) words.push(t('model.base'));
    return words.join(' · ');
}
