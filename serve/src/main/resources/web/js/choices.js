// What the reader chose on this device: theme, language, what is shown. And the drafts of what is being written.

const KEY = 'parley.choices';
const DRAFT = 'parley.draft.';

const choices = { theme: 'auto', language: '', sidebar: true, panel: false, look: false, surprise: true, ...read() };

function read() {
    try {
        return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
        return {};
    }
}

/** Storage may be full or closed; the page goes on without it. */
function keep(key, value) {
    try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
    } catch { /* nothing is lost but the memory of it */ }
}

export function chosen(name) {
    return choices[name];
}

export function choose(name, value) {
    choices[name] = value;
    keep(KEY, JSON.stringify(choices));
    if (name === 'theme') showTheme();
}

function showTheme() {
    const root = document.documentElement;
    if (choices.theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = choices.theme;
}

/** What was being written in a conversation; '' is the one that is not begun yet. */
export function draft(conversation) {
    try {
        return localStorage.getItem(DRAFT + conversation) || '';
    } catch {
        return '';
    }
}

export function keepDraft(conversation, text) {
    keep(DRAFT + conversation, text === '' ? null : text);
}
