// How answers are drawn: each setting with what it is when nothing is said.

import { el, iconButton } from './dom.js';
import { number, t } from './i18n.js';

const SETTINGS = [
    { name: 'temperature', min: 0, max: 2, step: 0.05 },
    { name: 'top_p', min: 0, max: 1, step: 0.01 },
    { name: 'top_k', min: 0, max: 200, step: 1 },
    { name: 'min_p', min: 0, max: 1, step: 0.01 },
    { name: 'max_tokens', min: 1, max: 4096, step: 1 },
    { name: 'repetition_penalty', min: 0.5, max: 2, step: 0.01 },
    { name: 'presence_penalty', min: -2, max: 2, step: 0.1 },
    { name: 'frequency_penalty', min: -2, max: 2, step: 0.1 },
    { name: 'seed', min: 0, step: 1 },
];

/** Rows for a model's settings; save(name, value) hears of a change, with null for the model's own. */
export function samplingRows(model, settings, save) {
    return SETTINGS.map(setting => row({ ...setting, max: setting.name === 'max_tokens' && model ? model.context_length : setting.max }, model?.defaults?.[setting.name], settings[setting.name], save));
}

function row({ name, min, max, step }, preset, value, save) {
    const fallback = typeof preset === 'number' ? preset : null;
    const id = `setting-${name}`;
    const field = el('input', { type: 'number', class: 'field number', id, min, max, step: 'any', value: value ?? '', placeholder: fallback === null ? t('setting.unset') : String(fallback), 'aria-describedby': `${id}-hint` });
    const slider = max === undefined ? null : el('input', { type: 'range', min, max, step, value: value ?? fallback ?? max, 'aria-label': t('setting.slider', { name: t(`setting.${name}`) }) });
    const reset = iconButton('redo', t('setting.reset', { name: t(`setting.${name}`) }), () => set(null), { class: 'icon-button tiny' });
    const element = el('div', { class: 'setting' }, el('label', { for: id }, t(`setting.${name}`)), reset, field, slider,
        el('small', { id: `${id}-hint` }, t(`setting.${name}.hint`), ' ', fallback === null ? '' : t('setting.default', { value: number(fallback, decimals(fallback)) })));

    function set(to) {
        field.value = to ?? '';
        if (slider) slider.value = to ?? fallback ?? max;
        mark(to);
        save(name, to);
    }

    function mark(to) {
        element.classList.toggle('is-set', to !== null && to !== undefined);
        reset.hidden = to === null || to === undefined;
    }

    field.addEventListener('change', () => {
        if (field.value === '' && field.validity.valid) set(null);
        else if (field.checkValidity()) set(Number(field.value));
        else field.reportValidity();
    });
    slider?.addEventListener('input', () => { field.value = slider.value; });
    slider?.addEventListener('change', () => set(Number(slider.value)));
    mark(value);
    return element;
}

function decimals(value) {
    return Math.min(3, (String(value).split('.')[1] || '').length);
}
