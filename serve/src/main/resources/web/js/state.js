// What the page knows, in one place, and who wants to hear of a change.

export const state = {
    session: null,
    models: [],
    defaultModel: '',
    /** The settings of an answer as the server declares them: name, label, description, minimum, maximum, step. */
    settings: [],
    presets: [],
    /** Whether the reader may have lessons made. */
    teaching: false,
    /** The open conversation as the server lists it; null while it is not begun. */
    head: null,
    /** What a conversation that is not begun will begin with. */
    fresh: { model: '', system: '', settings: {}, knowledge: [], tools: [] },
    /** All messages of the open conversation by id, oldest first. */
    messages: new Map(),
    /** The last message that is shown. */
    leaf: null,
    /** Two answers to one prompt that are being compared: {parent, left, right, choice}, or null. */
    pair: null,
    /** How many questions are under way that have no answer to show yet. */
    asking: 0,
};

const listeners = new Map();

/**
 * Hears of: list (conversations came, went or moved), conversation (another is open, or its name or settings changed),
 * thread (other messages are shown), message (one of them changed; told with it), answered (one has ended), connection (true or false), models,
 * look (what Look inside shows), compare (whether two answers are asked for).
 */
export function on(topic, listener) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(listener);
}

export function tell(topic, detail) {
    for (const listener of listeners.get(topic) || []) listener(detail);
}

/** Model, system prompt and settings of what is open, and the folders and tools that it may use. */
export function setup() {
    const { model, system, settings, knowledge, tools } = state.head || state.fresh;
    return { model: model || state.defaultModel, system: system || '', settings: settings || {}, knowledge: knowledge || [], tools: tools || [] };
}

/** A served model by its name or an alias. */
export function modelNamed(name) {
    return state.models.find(m => m.id === name || (m.aliases || []).includes(name));
}
