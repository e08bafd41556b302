// The page: who is there, what is where, and which conversation the address names. Start reading here.

import * as api from './api.js';
import { el, iconButton, copyText } from './dom.js';
import { state, on } from './state.js';
import { chosen, choose } from './choices.js';
import { openConversation, startNew, running, stop } from './conversation.js';
import { path } from './tree.js';
import { showLogin } from './login.js';
import { loadModels, loadPresets, modelPicker } from './models.js';
import { sidebar } from './sidebar.js';
import { panel } from './panel.js';
import { thread } from './thread.js';
import { composer } from './composer.js';
import { acceptDrops } from './attachments.js';
import { lookBar, toggleLook } from './look.js';
import { comparing, toggleCompare } from './compare.js';
import { openTeach, showWhereTaught } from './teach.js';
import { shareConversation } from './share.js';
import { closeCard } from './card.js';
import { listenToKeys, openShortcuts } from './shortcuts.js';
import { attempt, toast, toastPlaces, words } from './toast.js';
import { t } from './i18n.js';

const NARROW = matchMedia('(max-width: 760px)');
const root = document.getElementById('app');

async function start() {
    try {
        state.session = await api.session();
        if (state.session.login && !state.session.user) state.session = await showLogin(root);
        api.whenLoginIsWanted(() => location.reload());
        await Promise.all([loadModels(), loadPresets()]);
    } catch (e) {
        if (e.status === undefined) throw e;
        root.replaceChildren(el('main', { class: 'login-page' }, el('div', { class: 'login' }, el('h1', {}, 'Parley'), el('p', { role: 'alert' }, words(e)), el('button', { type: 'button', class: 'button primary', onclick: start }, t('retry')))));
        return;
    }
    build();
    route();
    addEventListener('hashchange', route);
    if (!matchMedia('(hover: none)').matches) document.querySelector('.composer-field').focus();
}

function build() {
    const shown = thread();
    const writer = composer({ beforeSending: shown.toEnd, editLast });
    const list = sidebar({ onNew: newConversation, onClose: () => setSidebar(false) });
    const side = panel(() => setPanel(false));
    const look = lookBar();
    const buttons = {
        sidebar: iconButton('sidebar', t('sidebar.show'), () => setSidebar(true), { 'aria-controls': 'sidebar' }),
        look: iconButton('attention', t('look'), toggleLook, { 'aria-pressed': 'false' }),
        compare: iconButton('compare', t('compare'), toggleCompare, { 'aria-pressed': 'false' }),
        teach: showWhereTaught(iconButton('teach', t('teach'), () => openTeach(), { class: 'icon-button wide-only' })),
        share: iconButton('share', t('share'), () => attempt(() => shareConversation(state.head)), { class: 'icon-button wide-only' }),
        panel: iconButton('settings', t('panel'), () => setPanel(side.hidden), { 'aria-controls': 'panel', 'aria-expanded': 'false' }),
    };
    const lost = el('div', { class: 'lost', role: 'status', hidden: true }, t('connection.lost'));
    const shade = el('div', { class: 'shade', onclick: () => { setSidebar(false); setPanel(false); } });
    const header = el('header', { class: 'head' }, buttons.sidebar, modelPicker(() => openTeach()), el('span', { class: 'grow' }), buttons.look, buttons.compare, buttons.teach, buttons.share, buttons.panel);
    root.replaceChildren(el('a', { class: 'skip', href: '#composer', onclick: event => { event.preventDefault(); writer.focus(); } }, t('skip')),
        el('div', { class: 'shell' }, list.element, el('div', { class: 'centre' }, header, look.element, lost, el('main', { class: 'main', 'aria-label': t('conversation') }, shown.element, el('div', { class: 'to-end-place' }, shown.button), writer.element)), side, shade), ...toastPlaces());

    function setSidebar(open) {
        if (!NARROW.matches) choose('sidebar', open);
        list.element.hidden = !open;
        buttons.sidebar.hidden = open && !NARROW.matches;
        root.classList.toggle('sidebar-open', open);
        if (open && NARROW.matches) list.search.focus();
    }

    function setPanel(open) {
        if (!NARROW.matches) choose('panel', open);
        side.hidden = !open;
        buttons.panel.setAttribute('aria-expanded', String(open));
        root.classList.toggle('panel-open', open);
        if (open && NARROW.matches) side.querySelector('button').focus();
    }

    function newConversation() {
        if (NARROW.matches) setSidebar(false);
        if (location.hash.length > 2) location.hash = '#/';
        else startNew();
        writer.focus();
    }

    function editLast() {
        const mine = path(state.messages, state.leaf).findLast(m => m.role === 'user');
        if (mine) shown.turn(mine.id).startEditing();
    }

    function copyLast() {
        const last = path(state.messages, state.leaf).findLast(m => m.role === 'assistant');
        if (last) copyText(last.text).then(() => toast(t('copied')));
    }

    const drawToggles = () => {
        look.draw();
        buttons.look.setAttribute('aria-pressed', String(chosen('look')));
        buttons.compare.setAttribute('aria-pressed', String(comparing()));
    };
    on('look', drawToggles);
    on('compare', drawToggles);
    on('thread', closeCard);
    on('connection', there => { lost.hidden = there; });
    on('conversation', () => {
        document.title = state.head?.title ? `${state.head.title} – Parley` : 'Parley';
        buttons.share.hidden = !state.head;
    });
    acceptDrops(root.querySelector('.centre'));
    listenToKeys({
        search: () => { setSidebar(true); list.search.focus(); },
        new: newConversation,
        sidebar: () => setSidebar(list.element.hidden),
        panel: () => setPanel(side.hidden),
        look: toggleLook,
        compare: toggleCompare,
        copy: copyLast,
        shortcuts: openShortcuts,
        write: writer.focus,
        stop: () => {
            if (NARROW.matches && (!list.element.hidden || !side.hidden)) { setSidebar(false); setPanel(false); }
            else if (running().length) attempt(stop);
        },
    });
    NARROW.addEventListener('change', fit);
    fit();
    drawToggles();

    function fit() {
        setSidebar(!NARROW.matches && chosen('sidebar'));
        setPanel(!NARROW.matches && chosen('panel'));
    }
}

/** #/c/ID names a conversation. */
async function route() {
    const id = /^#\/c\/(.+)$/.exec(location.hash)?.[1];
    if (!id) startNew();
    else if (decodeURIComponent(id) !== state.head?.id) {
        try {
            await openConversation(decodeURIComponent(id));
        } catch (e) {
            if (e.status === undefined) throw e;
            startNew();
            toast(words(e), { label: t('retry'), act: route });
        }
    }
}

start();
