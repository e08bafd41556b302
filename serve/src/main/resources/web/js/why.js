// Why an answer is as it is. What one pass over the text tells comes at once, the rest when it is asked for; what has come is kept as
// long as the page is open. lib/explanation.js draws it, as it does for `parley explain`.

import { ApiError, refusal } from './api.js';
import { el } from './dom.js';
import { openDialog } from './dialog.js';
import { tokensOf } from './conversation.js';
import { eventParser } from './stream.js';
import { script, style } from './dress.js';
import { attempt, toast, words } from './toast.js';
import { language, percent, t } from './i18n.js';

const KEPT = 8; // answers whose explanations are kept
const kept = new Map(); // by message: explanations by token and contrast
let drawing = null; // a promise of what draws

/** Opens it for an answer, or for one of its tokens. */
export async function openWhy(message, token = null) {
    const why = new Why(message);
    drawing ??= Promise.all([script('explanation.js'), style('explanation.css')]).catch(e => { drawing = null; throw e; });
    await drawing;
    why.alternatives = await attempt(() => tokensOf(message)) ?? [];
    await why.show(token, '');
}

class Why {
    #message;
    #sets;
    #token = null; // number of the answer's token, or null for all of them
    #contrast = ''; // id of the token that it is compared with
    #view = null;
    #asking = null;
    #bar = el('progress', { max: 1, 'aria-label': t('why.title') });
    #stage = el('span', { role: 'status' });
    #progress = el('div', { class: 'why-progress', hidden: true }, this.#stage, this.#bar,
        el('button', { type: 'button', class: 'button small', onclick: () => this.#asking?.abort() }, t('cancel')));
    #place = el('div');
    #opened;
    alternatives = []; // the answer's tokens, with those that could have come

    constructor(message) {
        this.#message = message;
        this.#sets = keptFor(message);
        this.#opened = openDialog(t('why.title'), el('div', { class: 'dialog-body why' }, this.#progress, this.#place),
            { name: 'broad why-dialog', onClose: () => this.#asking?.abort() });
    }

    get #key() {
        return `${this.#token ?? ''}/${this.#contrast}`;
    }

    /** Shows the explanation of a token, or of the whole answer. */
    async show(token, contrast) {
        [this.#token, this.#contrast] = [token, contrast];
        const focused = document.activeElement?.dataset?.key;
        if (this.#sets.has(this.#key) || await this.#ask('')) this.#draw(this.#view?.method, focused);
    }

    async #more(analysis) {
        const asked = analysis === 'check' ? this.#view.method : analysis;
        const found = await this.#ask(asked);
        if (found) this.#draw(asked === 'training_passages' ? this.#view.method : asked, asked);
    }

    #draw(method, focused) {
        if (!this.#place.isConnected) return;
        const data = this.#sets.get(this.#key);
        const root = el('div');
        this.#view = ParleyExplanation.mount(root, data, language, {
            method,
            ask: analysis => this.#more(analysis),
            choose: token => this.show(token, ''),
            contrast: other => this.show(this.#token ?? 0, other),
            alternatives: data.explained.length === 1 ? this.#others(data) : [],
        });
        this.#place.replaceChildren(...(data.adapted ? [el('p', { class: 'hint' }, t('why.adapted'))] : []), root);
        if (focused) this.#view.focus(focused);
    }

    #others(data) {
        const at = data.explained[0].position - data.prompt_tokens;
        const came = data.tokens[data.explained[0].position].id;
        const top = this.alternatives[at]?.top ?? data.logit_lens?.[0].at(-1).best ?? []; // of an assistant's answer none are stored
        return top.filter(other => other.id !== came);
    }

    /** Has something computed for what is chosen, and adds it to what is there. @return whether it has come */
    async #ask(analysis) {
        this.#asking?.abort();
        const asking = this.#asking = new AbortController();
        const key = this.#key;
        const query = new URLSearchParams();
        if (this.#token !== null) query.set('token', this.#token);
        if (this.#contrast !== '') query.set('contrast', this.#contrast);
        if (analysis) query.set('analyses', analysis);
        if (analysis && analysis !== 'training_passages') query.set('check', 'true');
        this.#tell({ stage: '', done: 0, total: 0 });
        try {
            const found = await explanation(this.#message, query, asking.signal, progress => this.#tell(progress));
            this.#sets.set(key, merged(this.#sets.get(key), found));
            return key === this.#key;
        } catch (e) {
            if (asking.signal.aborted) return false;
            if (!(e instanceof ApiError)) throw e;
            return this.#refused(e);
        } finally {
            if (this.#asking === asking) this.#progress.hidden = true;
        }
    }

    /** Where the whole is too long, its first token is shown, and others can be chosen from there. */
    async #refused(error) {
        if (error.code === 'answer_too_long' && this.#token === null) await this.show(0, '');
        else if (!this.#view) this.#opened.close();
        if (error.status !== 401) toast(words(error));
        return false;
    }

    #tell({ stage, done, total }) {
        this.#progress.hidden = false;
        if (total > 0) this.#bar.value = done / total;
        else this.#bar.removeAttribute('value');
        this.#stage.textContent = stage ? t('why.stage', { stage: stageName(stage), done: percent(total ? Math.floor(20 * done / total) / 20 : 0) }) : t('loading');
    }
}

function stageName(stage) {
    return ParleyExplanationWords[language].methods[stage] ?? t(`why.stage.${stage}`);
}

function keptFor(message) {
    const key = `${message.id}/${message.usage?.completion_tokens}`; // an answer may go on
    const sets = kept.get(key) ?? new Map();
    kept.delete(key);
    kept.set(key, sets); // now the last
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return sets;
}

function merged(before, found) {
    if (!before) return found;
    const others = before.attributions.filter(a => !found.attributions.some(b => b.method === a.method));
    return { ...before, ...found, attributions: [...others, ...found.attributions] };
}

async function explanation(message, query, signal, onProgress) {
    let response;
    try {
        response = await fetch(`/api/messages/${message.id}/explanation?${query}`, { headers: { Accept: 'text/event-stream' }, cache: 'no-store', credentials: 'same-origin', signal });
    } catch {
        throw new ApiError(0, t('error.unreachable'));
    }
    if (!response.ok) throw await refusal(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = eventParser();
    for (;;) {
        const { done, value } = await reader.read();
        if (done) throw new ApiError(0, t('error.unreachable'));
        for (const event of parse(value)) {
            if (event.name === 'progress') onProgress(event.data);
            if (event.name === 'explanation') return event.data;
            if (event.name === 'error') throw new ApiError(500, event.data.error.message, { code: event.data.error.code });
        }
    }
}
