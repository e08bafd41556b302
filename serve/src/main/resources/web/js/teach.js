// Lessons: what a model can learn from edits, choices and thumbs, what came of it, and which lesson is in use.

import * as api from './api.js';
import { el } from './dom.js';
import { state, on, setup, modelNamed } from './state.js';
import { isAssistant } from './assistants.js';
import { openDialog } from './dialog.js';
import { lessonView } from './lesson.js';
import { loadModels } from './models.js';
import { attempt, speak, toast } from './toast.js';
import { has, t, tn } from './i18n.js';

const EACH = 1_000;
let watching = null; // the model for which a lesson is being made, as far as this page knows
let opened = null; // the dialog

/** The model that would be taught now: an assistant's own, or the one that is chosen, without a lesson's name. */
function modelToTeach() {
    const model = modelNamed(setup().model);
    const name = (isAssistant(model) ? model.model : model?.id) ?? setup().model;
    return name.replace(/:lesson-\d+$/, '');
}

/** Whether there is anybody to teach, here and by this reader. */
export function mayTeach() {
    return state.teaching;
}

/** Opens the window of a model's lessons. */
export function openTeach(model = modelToTeach()) {
    const view = new Teach(model);
    return attempt(() => view.open());
}

class Teach {
    #model;
    #known = null; // what the server said last
    #audience = '';
    #drawn = ''; // what the list and the top were made of
    #drawnTop = '';
    #progress = null;
    #top = el('div', { class: 'teach-top' });
    #list = el('div', { class: 'lessons' });
    #timer = 0;
    #closed = false;

    constructor(model) {
        this.#model = model;
    }

    async open() {
        this.#known = await this.#load();
        opened = openDialog(t('teach.title', { model: this.#model }), el('div', { class: 'dialog-body teach' }, this.#top, this.#list), { name: 'broad teach-dialog', onClose: () => this.#end() });
        this.#draw();
        this.#later();
    }

    #end() {
        this.#closed = true;
        clearTimeout(this.#timer);
        opened = null;
        if (this.#known.running?.mine) watch(this.#model);
    }

    #load() {
        return api.get(`/lessons?model=${encodeURIComponent(this.#model)}`);
    }

    #later() {
        clearTimeout(this.#timer);
        if (!this.#closed && this.#known.running) this.#timer = setTimeout(() => this.#again(), EACH);
    }

    async #again() {
        const before = this.#known;
        try {
            this.#known = await this.#load();
        } catch { /* the server is asked again */ }
        if (this.#closed) return;
        this.#draw();
        if (before.running?.mine && !this.#known.running) tellEnd(this.#known, speak);
        this.#later();
    }

    /** Only what has changed is drawn anew, so that the focus and what is open stay. */
    #draw() {
        const known = this.#known;
        if (!this.#audience || !known[this.#audience]) this.#audience = known.own ? 'own' : 'all';
        this.#drawTop(known);
        const drawn = JSON.stringify(known.lessons);
        if (drawn === this.#drawn) return;
        this.#drawn = drawn;
        const open = new Set([...this.#list.querySelectorAll('details[open]')].map(d => d.dataset.lesson));
        const shown = known.lessons.filter(l => l.state !== 'running' || !known.running?.mine);
        const newest = shown[0]?.id;
        this.#keepFocus(() => this.#list.replaceChildren(...(shown.length ? [el('h3', {}, t('lessons'))] : []), ...shown.map(lesson =>
            lessonView(lesson, { open: open.has(String(lesson.id)) || (open.size === 0 && lesson.id === newest), act: (what, done) => this.#act(lesson, what, done), names: known.own && known.all }))));
    }

    /** How far a lesson is changes each second, and no more than that is drawn then. */
    #drawTop(known) {
        const { running, lessons, ...rest } = known;
        const drawn = JSON.stringify([rest, running?.mine, this.#audience, lessons.length]);
        if (drawn !== this.#drawnTop) {
            this.#drawnTop = drawn;
            this.#keepFocus(() => this.#top.replaceChildren(...this.#topParts(known)));
        } else if (running?.mine) this.#progress.update(running);
    }

    #keepFocus(draw) {
        const key = document.activeElement?.dataset?.key;
        draw();
        if (key) document.querySelector(`.teach [data-key="${key}"]:not([disabled])`)?.focus({ preventScroll: true });
    }

    #topParts(known) {
        if (!known.teachable) return [el('p', {}, t('teach.untaught', { model: this.#model }))];
        return [el('p', {}, t('teach.about')), ...this.#audienceChoice(known), this.#amounts(known[this.#audience]),
            known.fault ? el('p', { class: 'problem', role: 'alert' }, known.fault) : null, this.#start(known)].filter(Boolean);
    }

    #audienceChoice(known) {
        if (!known.own || !known.all) return [];
        const entry = (value, label) => el('label', {}, el('input', { type: 'radio', name: 'audience', value, checked: value === this.#audience, 'data-key': `audience-${value}`, onchange: () => {
            this.#audience = value;
            this.#draw();
        } }), el('span', {}, label));
        return [el('fieldset', { class: 'choice' }, el('legend', {}, t('teach.for')), el('div', { class: 'segments' }, entry('own', t('teach.for.me')), entry('all', t('teach.for.all'))))];
    }

    #amounts(amount) {
        const row = (label, { edits, choices, thumbs }) => el('div', {}, el('dt', {}, label), el('dd', {}, [tn('teach.edits', edits), tn('teach.choices', choices), tn('teach.thumbs', thumbs)].join(' · ')));
        const before = this.#known.lessons.some(l => l.seconds !== undefined && (l.audience === 'all') === (this.#audience === 'all'));
        return el('dl', { class: 'usage amounts' }, before ? row(t('teach.new'), amount.new) : null, row(before ? t('teach.total') : t('teach.feedback'), amount));
    }

    #start(known) {
        if (known.running?.mine) {
            this.#progress = progress(() => this.#cancel());
            this.#progress.update(known.running);
            return this.#progress.element;
        }
        if (known.running) return el('p', { class: 'hint' }, t('teach.busy'));
        const { edits, choices, thumbs } = known[this.#audience];
        const nothing = edits + choices + thumbs === 0;
        return el('div', { class: 'teach-start' }, el('p', { class: 'hint', id: 'teach-hint' }, nothing ? t('teach.nothing') : t('teach.hint')),
            el('button', { type: 'button', class: 'button primary', disabled: nothing, 'aria-describedby': 'teach-hint', 'data-key': 'start', onclick: () => attempt(() => this.#begin()) }, t('teach.start')));
    }

    async #begin() {
        await api.post('/lessons', { model: this.#model, audience: this.#audience === 'own' ? 'me' : 'all' });
        this.#known = await this.#load();
        this.#draw();
        this.#top.querySelector('[data-key=cancel]')?.focus();
        speak(t('teach.begun'));
        this.#later();
    }

    async #cancel() {
        await attempt(() => api.remove('/lessons/running'));
        await this.#again();
    }

    async #act(lesson, what, done) {
        await attempt(async () => {
            await api.post(`/lessons/${lesson.id}/${what}`);
            this.#known = await this.#load();
            this.#draw();
            await loadModels();
            toast(done);
        });
    }
}

function progress(cancel) {
    const stage = el('span');
    const bar = el('progress', { max: 1, 'aria-label': t('teach.progress') });
    const element = el('div', { class: 'teach-running' }, el('div', { class: 'teach-bar' }, stage, bar, el('button', { type: 'button', class: 'button small', 'data-key': 'cancel', onclick: cancel }, t('cancel'))),
        el('p', { class: 'hint' }, t('teach.leave')));
    return { element, update({ phase, done, total }) {
        stage.textContent = phase === '' ? t('teach.begins') : has(`teach.phase.${phase}`) ? t(`teach.phase.${phase}`) : phase;
        if (total > 0) bar.value = done / total;
        else bar.removeAttribute('value');
    } };
}

/** A lesson that goes on while its window is closed is told of when it has ended. */
function watch(model) {
    if (watching === model) return;
    watching = model;
    const look = async () => {
        if (opened) {
            watching = null;
            return;
        }
        let known = null;
        try {
            known = await api.get(`/lessons?model=${encodeURIComponent(model)}`);
        } catch { /* the server is asked again */ }
        if (known === null || known.running?.mine) setTimeout(look, 3 * EACH);
        else {
            watching = null;
            tellEnd(known, text => toast(text, { label: t('teach.look'), act: () => openTeach(model) }));
        }
    };
    setTimeout(look, EACH);
}

function tellEnd(known, say) {
    const [last] = known.lessons;
    say(known.fault || !last || last.state === 'failed' ? t('teach.failed') : t('teach.ready', { n: last.id }));
}

/** Where the button of the page's head is drawn or not. */
export function showWhereTaught(button) {
    const draw = () => { button.hidden = !mayTeach(); };
    on('models', draw);
    draw();
    return button;
}
