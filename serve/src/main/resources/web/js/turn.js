// One message of the thread: its text, what can be done with it, and where it stands among its branches.

import { el, icon, iconButton, copyText } from './dom.js';
import { state } from './state.js';
import { displayName } from './assistants.js';
import { siblings } from './tree.js';
import { Writing } from './writing.js';
import { answer, edit, proceed, rewrite, show, takeBack } from './conversation.js';
import { attempt } from './toast.js';
import { ratingButtons } from './rating.js';
import { Thoughts, answerOf } from './thoughts.js';
import { lookInto } from './look.js';
import { openWhy } from './why.js';
import { inForm } from './forms.js';
import { linkCitations, listenToCitations } from './sources.js';
import { Work } from './work.js';
import { chosen } from './choices.js';
import { stats } from './meter.js';
import { t, tn } from './i18n.js';

export class Turn {
    #message;
    #body = el('div', { class: 'turn-body' });
    #notes = el('div', { class: 'turn-notes' });
    #tools = el('div', { class: 'turn-tools', role: 'group', 'aria-label': t('turn.tools') });
    #work = new Work();
    #thoughts = new Thoughts();
    #writing = null;
    #drawn = ''; // what the tools were made for
    #frame = 0;
    #last = false;
    #looked = false;

    constructor(message) {
        this.#message = message;
        const mine = message.role === 'user';
        this.heading = el('h2', { class: mine ? 'out-of-sight' : 'turn-name' }, mine ? t('you.said') : writer(message));
        this.element = el('article', { class: `turn ${message.role}`, 'data-message': message.id }, this.heading, this.#work.above, this.#thoughts.element, this.#body, this.#work.below, this.#notes, this.#tools);
        if (!mine) {
            this.#body.classList.add('prose');
            this.#writing = new Writing(this.#body, () => {
                this.#looked = false;
                this.look();
            }, element => linkCitations(element, this.#message));
            listenToCitations(this.#body, () => this.#message);
        }
    }

    /** The text that is seen. */
    plainText() {
        return this.#body.textContent;
    }

    update({ last }) {
        this.#last = last;
        this.element.classList.toggle('last', last);
        if (this.#message.status !== 'running') this.#draw();
        else this.#frame ||= requestAnimationFrame(() => this.#draw());
    }

    #draw() {
        cancelAnimationFrame(this.#frame);
        this.#frame = 0;
        const m = this.#message;
        const running = m.status === 'running';
        this.element.setAttribute('aria-busy', String(running));
        this.element.classList.toggle('running', running);
        this.element.classList.toggle('waiting', running && m.text === '');
        if (this.element.querySelector('.turn-editor')) return;
        if (m.role === 'user') this.#body.textContent = m.text;
        else {
            this.heading.textContent = writer(m);
            if (m.turn) this.#thoughts.show(m.turn.thoughts ?? '', running && m.text === '' && Boolean(m.turn.thoughts));
            const at = m.turn ? 0 : this.#thoughts.update(m.text, running);
            this.#writing.show(m.turn ? inForm(m) : m.text.slice(at), !running, at);
            this.#work.update(m);
            this.element.classList.toggle('guarded', m.turn?.ending === 'guarded');
            this.look();
        }
        this.#drawTools();
    }

    /** Shows or hides what Look inside tells of an answer. */
    look() {
        const m = this.#message;
        if (m.role !== 'assistant') return;
        const wanted = chosen('look') && m.status !== 'running';
        if (this.#looked && (!wanted || m.allTokens === undefined)) {
            this.#looked = false;
            this.#writing.again();
        }
        if (wanted && !this.#looked) {
            this.#looked = true;
            lookInto(m, this.#body).catch(() => { this.#looked = false; });
        }
    }

    #drawTools() {
        const m = this.#message;
        const { all, index } = siblings(state.messages, m);
        const drawn = JSON.stringify([m.status, m.rating, m.error, all.length, index, this.#last, !state.asking, m.finish_reason, m.usage, m.edit_of]);
        if (drawn === this.#drawn) return;
        this.#drawn = drawn;
        const focused = this.#tools.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
        this.#notes.replaceChildren(...this.#noteParts());
        this.#tools.replaceChildren(...(m.status === 'running' ? [] : [...branches(all, index), ...this.#buttons()]));
        if (focused) [...this.#tools.querySelectorAll('button')].find(b => b.getAttribute('aria-label') === focused)?.focus({ preventScroll: true });
    }

    #noteParts() {
        const forgotten = this.#message.usage?.forgotten_turns;
        const ending = this.#ending();
        return forgotten ? [el('p', { class: 'hint' }, tn('answer.forgot', forgotten)), ...ending] : ending;
    }

    #ending() {
        const m = this.#message;
        if (m.edit_of) return [editedNote(m)];
        if (m.status === 'running') return [];
        if (m.status === 'failed') return [note('failed', m.error || t('answer.failed'), t('retry'), () => answer(m.parent))];
        // of what an assistant said the tokens are not known, so it cannot go on
        const goOn = m.turn ? [t('regenerate'), () => answer(m.parent)] : [t('continue'), () => proceed(m)];
        if (m.status === 'interrupted') return [note('broken', t('answer.interrupted'), ...goOn)];
        if (m.status === 'cancelled') return [note('broken', t('answer.stopped'), ...goOn)];
        if (m.finish_reason === 'length') return m.turn ? [el('p', { class: 'hint' }, t('answer.length'))] : [note('broken', t('answer.length'), ...goOn)];
        if (m.role === 'user' && this.#last && !state.pair && !state.asking) return [note('broken', t('answer.none'), t('answer.ask'), () => answer(m.id))];
        return [];
    }

    #buttons() {
        const m = this.#message;
        const copy = iconButton('copy', t('copy'), async () => {
            await copyText(m.role === 'assistant' && !m.turn ? answerOf(m.text) : m.text);
            copy.replaceChildren(icon('check'));
            setTimeout(() => copy.replaceChildren(icon('copy')), 1_600);
        });
        const change = iconButton('edit', t('edit'), () => this.startEditing());
        if (m.role === 'user') return [copy, change];
        const again = iconButton('redo', t('regenerate'), () => attempt(() => answer(m.parent)));
        const why = m.usage && (!m.turn || m.turn.ending === 'answered') ? [iconButton('why', t('why.title'), () => attempt(() => openWhy(m)))] : [];
        return [copy, ...(m.edit_of ? [] : ratingButtons(m, this.element)), again, change, ...why, el('span', { class: 'turn-stats' }, stats(m))];
    }

    /** Turns the text into a field. */
    startEditing() {
        const m = this.#message;
        const field = el('textarea', { class: 'field', 'aria-label': t('edit.text'), rows: Math.min(14, m.text.split('\n').length + 1), value: m.text });
        const end = () => {
            form.remove();
            this.element.classList.remove('editing');
            this.#draw();
            this.#tools.querySelector('.icon-edit')?.closest('button').focus();
        };
        const save = () => {
            const text = field.value.trim();
            if (text === '' || text === m.text) return end();
            end();
            return attempt(() => m.role === 'user' ? edit(m, text) : rewrite(m, text));
        };
        const form = el('form', { class: 'turn-editor', onsubmit: event => { event.preventDefault(); save(); } }, field,
            el('p', { class: 'hint' }, m.role === 'user' ? t('edit.hint.user') : t('edit.hint.assistant')),
            el('div', { class: 'dialog-actions' }, el('button', { type: 'button', class: 'button', onclick: end }, t('cancel')),
                el('button', { type: 'submit', class: 'button primary' }, m.role === 'user' ? t('send') : t('save'))));
        form.addEventListener('keydown', event => {
            if (event.key === 'Escape') { event.stopPropagation(); end(); }
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); }
        });
        this.element.classList.add('editing');
        this.#body.after(form);
        field.focus();
    }
}

/** Who wrote a message that is no reader's question. */
function writer(message) {
    return message.edit_of ? t('edited.by') : displayName(message.model) || t('assistant');
}

/** That no model wrote it, and what it is good for. */
function editedNote(message) {
    return el('p', { class: 'edited-note' }, el('span', {}, state.teaching ? t('edited.learned') : t('edited.kept')),
        el('button', { type: 'button', class: 'link-button', onclick: () => attempt(() => takeBack(message)) }, t('edited.back')));
}

function branches(all, index) {
    if (all.length < 2) return [];
    const step = (by, name, label) => iconButton(name, label, () => show(all[index + by].id), { disabled: !all[index + by] });
    return [el('span', { class: 'branches', role: 'group', 'aria-label': t('branches') }, step(-1, 'left', t('branch.previous')),
        el('span', { class: 'branch-place' }, `${index + 1}/${all.length}`), step(1, 'right', t('branch.next')))];
}

/** Why an answer is not whole, and what can be done about it. */
function note(kind, text, label, act) {
    return el('div', { class: `turn-note ${kind}` }, el('span', {}, text), el('button', { type: 'button', class: 'button small', onclick: () => attempt(act) }, label));
}
