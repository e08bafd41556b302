// The forms that an assistant can answer in, such as a quiz or a quatrain: which of them the next answers keep.

import { el } from './dom.js';
import { on, setup, modelNamed } from './state.js';
import { inReadersLanguage } from './assistants.js';
import { change } from './conversation.js';
import { attempt } from './toast.js';
import { t } from './i18n.js';

/** The choice above the message field; hidden where there is none. */
export function formBar() {
    const bar = el('div', { class: 'form-bar', role: 'group', 'aria-label': t('form') });

    function draw() {
        const { model, settings } = setup();
        const forms = modelNamed(model)?.forms || [];
        bar.hidden = forms.length === 0;
        bar.replaceChildren(...['', ...forms].map(form => el('button', { type: 'button', class: 'form-choice', 'aria-pressed': String((settings.form || '') === form), onclick: () => choose(form) }, title(model, form))));
    }

    for (const topic of ['conversation', 'models']) on(topic, draw);
    draw();
    return bar;
}

function title(model, form) {
    return form === '' ? t('form.free') : inReadersLanguage(modelNamed(model).form_titles?.[form]) || form;
}

function choose(form) {
    const { form: before, ...settings } = setup().settings;
    return before === (form || undefined) ? undefined : attempt(() => change({ settings: form ? { ...settings, form } : settings }));
}

/** Settings for another model or assistant: forms are an assistant's own. */
export function withoutForm({ form, ...settings }) {
    return settings;
}

/** The Markdown of an answer that keeps a form: JSON stands as code, and the lines of a poem stay lines. */
export function inForm({ text, status, settings }) {
    if (!settings?.form) return text;
    if (!text.startsWith('{') && !text.startsWith('[')) return text.replace(/\n(?=.)/g, '  \n');
    try {
        return `\`\`\`json\n${status === 'running' ? text : JSON.stringify(JSON.parse(text), null, 2)}\n\`\`\``;
    } catch {
        return text; // it was stopped, or cut off
    }
}
