// How answers are sampled: a row for each setting that the server declares.

import { el, iconButton } from './dom.js';
import { language, number, t } from './i18n.js';
import { state } from './state.js';

/** The name of a setting in the reader's language; its own name while the server has not told it. */
export function settingLabel(name) {
    return state.settings.find(setting => setting.name === name)?.label[language] ?? name;
}

/** Rows for a model's settings; save(name, value) hears of a change, with null for the model's own. */
export function samplingRows(model, settings, save) {
    return state.settings.map(setting => row({ ...setting, maximum: setting.name === 'max_tokens' && model ? model.context_length : setting.maximum }, model?.defaults?.[setting.name], settings[setting.name], save));
}

function row({ name, label, description, minimum: min, maximum: max, step }, preset, value, save) {
    const fallback = typeof preset === 'number' ? preset : null;
    const id = `setting-${name}`;
    const field = el('input', { type: 'number', class: 'field number', id, min, max, step: 'any', value: value ?? '', placeholder: fallback === null ? t('setting.unset') : String(fallback), 'aria-describedby': `${id}-hint` });
    const slider = max === undefined ? null : el('input', { type: 'range', min, max, step, value: value ?? fallback ?? max, 'aria-label': t('setting.slider', { name: label[language] }) });
    const reset = iconButton('redo', t('setting.reset', { name: label[language] }), () => set(null), { class: 'icon-button tiny' });
    const element = el('div', { class: 'setting' }, el('label', { for: id }, label[language]), reset, field, slider,
        el('small', { id: `${id}-hint` }, description[language], ' ', fallback === null ? '' : t('setting.default', { value: number(fallback, decimals(fallback)) })));

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
