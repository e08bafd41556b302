// The page's words, in the reader's language; early.js has set it on <html>.

import { en } from './i18n/en.js';
import { zh } from './i18n/zh.js';

export const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
const locale = language === 'zh' ? 'zh-CN' : 'en';
const words = language === 'zh' ? zh : en;

/** The words of a key; {name} in them is replaced by values.name. */
export function t(key, values = {}) {
    const found = words[key] ?? en[key];
    if (found === undefined) throw new Error(`There are no words for "${key}".`);
    return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** Whether there are words for a key. */
export function has(key) {
    return key in words || key in en;
}

/** Like t, by the number n: the key's words for one are at key.one. */
export function tn(key, n) {
    const one = language === 'en' && n === 1 && `${key}.one` in words;
    return t(one ? `${key}.one` : key, { n: number(n) });
}

export function number(value, digits = 0) {
    return value.toLocaleString(locale, { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** A probability with as many digits as say something. */
export function percent(p) {
    return p.toLocaleString(locale, { style: 'percent', maximumSignificantDigits: p < 0.001 ? 1 : 3 });
}

export function date(millis, options = { dateStyle: 'medium' }) {
    return new Intl.DateTimeFormat(locale, options).format(millis);
}
