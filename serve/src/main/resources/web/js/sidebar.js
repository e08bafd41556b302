// The conversations, by day; a search; what can be done with each.

import * as api from './api.js';
import { el, icon, iconButton } from './dom.js';
import { state, on, tell } from './state.js';
import { byDay } from './days.js';
import { openMenu } from './menu.js';
import { ask } from './dialog.js';
import { attempt, speak, toast } from './toast.js';
import { exportOne } from './transfer.js';
import { shareConversation } from './share.js';
import { openPreferences } from './preferences.js';
import { change } from './conversation.js';
import { t, tn } from './i18n.js';

const PAGE = 60;
const TYPING = 220;

export function sidebar({ onNew, onClose }) {
    const list = el('nav', { class: 'conversations', 'aria-label': t('conversations') });
    const search = el('input', { type: 'search', class: 'field search-field', placeholder: t('search'), 'aria-label': t('search.label'), autocomplete: 'off' });
    let known = [];
    let next = null;
    let asked = 0;

    async function load(more = false) {
        const mine = ++asked;
        const query = search.value.trim();
        const parameters = new URLSearchParams({ limit: String(more ? PAGE : Math.max(PAGE, known.length)) });
        if (query) parameters.set('query', query);
        if (more) parameters.set('before', next);
        const found = await api.get(`/conversations?${parameters}`);
        if (mine !== asked) return;
        known = more ? [...known, ...found.conversations] : found.conversations;
        next = found.next;
        draw(query);
        if (query && !more) speak(tn('search.found', known.length));
    }

    function draw(query) {
        const focused = list.contains(document.activeElement) ? document.activeElement.id : '';
        const groups = query ? [{ name: tn('search.found', known.length), items: known }] : byDay(known);
        list.replaceChildren(...groups.map(group => el('section', {}, el('h2', {}, group.name), el('ul', {}, group.items.map(entry)))));
        if (!known.length && !query) list.append(el('p', { class: 'hint' }, t('conversations.none')));
        if (next) list.append(el('button', { type: 'button', class: 'button small', onclick: () => attempt(() => load(true)) }, t('more')));
        if (focused) document.getElementById(focused)?.focus();
    }

    function entry(conversation) {
        const title = conversation.title || t('untitled');
        const open = state.head?.id === conversation.id;
        const more = iconButton('more', t('conversation.menu', { title }), () => openMenu(more, title, choices(conversation)), { id: `more-${conversation.id}`, 'aria-haspopup': 'menu', 'aria-expanded': 'false' });
        return el('li', { class: open ? 'open' : null }, el('a', { href: `#/c/${conversation.id}`, id: `open-${conversation.id}`, 'aria-current': open ? 'page' : null, title, onclick: () => { if (matchMedia('(max-width: 760px)').matches) onClose(); } }, el('span', {}, title), conversation.pinned ? icon('pin') : null), more);
    }

    function choices(conversation) {
        return [
            { label: t('rename'), icon: 'edit', act: () => rename(conversation) },
            { label: conversation.pinned ? t('unpin') : t('pin'), icon: 'pin', act: () => save(conversation, { pinned: !conversation.pinned }) },
            { label: t('share'), icon: 'share', act: () => attempt(() => shareConversation(conversation)) },
            { label: t('export'), icon: 'copy', act: () => attempt(() => exportOne(conversation)) },
            { label: t('delete'), icon: 'close', danger: true, act: () => attempt(() => remove(conversation)) },
        ];
    }

    async function rename(conversation) {
        const title = await ask(t('rename'), t('rename.label'), conversation.title);
        if (title) await save(conversation, { title });
    }

    async function save(conversation, fields) {
        await attempt(async () => {
            if (state.head?.id === conversation.id) await change(fields);
            else await api.patch(`/conversations/${conversation.id}`, fields);
            await load();
        });
        document.getElementById(`more-${conversation.id}`)?.focus();
    }

    async function remove(conversation) {
        const wasOpen = state.head?.id === conversation.id;
        await api.remove(`/conversations/${conversation.id}`);
        if (wasOpen) onNew();
        await load();
        toast(t('deleted', { title: conversation.title || t('untitled') }), { label: t('undo'), act: () => attempt(async () => {
            await api.post(`/conversations/${conversation.id}/restore`);
            await load();
            if (wasOpen) location.hash = `#/c/${conversation.id}`;
        }) });
    }

    let typing;
    search.addEventListener('input', () => {
        clearTimeout(typing);
        typing = setTimeout(() => attempt(load), TYPING);
    });
    search.addEventListener('keydown', event => {
        if (event.key === 'ArrowDown') list.querySelector('a')?.focus();
        else if (event.key === 'Escape' && search.value) {
            event.stopPropagation();
            search.value = '';
            attempt(load);
        } else return;
        event.preventDefault();
    });
    list.addEventListener('keydown', event => {
        const all = [...list.querySelectorAll('a')];
        const at = all.indexOf(document.activeElement);
        if (at < 0 || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
        event.preventDefault();
        (event.key === 'ArrowDown' ? all[at + 1] : all[at - 1] || search)?.focus();
    });
    on('list', () => load().catch(() => { /* the list is asked for again with the next change */ }));
    let drawnFor = null;
    on('conversation', () => {
        if (drawnFor === state.head?.id) return;
        drawnFor = state.head?.id;
        // it may be new, or named since the list was asked for: another page of the same reader changes it too
        if (state.head && !known.some(c => c.id === drawnFor && c.title === state.head.title)) tell('list');
        else draw(search.value.trim());
    });

    const foot = el('button', { type: 'button', class: 'sidebar-foot', onclick: openPreferences }, icon(state.session.user ? 'user' : 'settings'), el('span', {}, state.session.user?.name || t('preferences')));
    const element = el('aside', { class: 'sidebar', id: 'sidebar', 'aria-label': t('sidebar') },
        el('header', { class: 'sidebar-head' }, el('a', { href: '#/', class: 'brand' }, 'Parley'), iconButton('sidebar', t('sidebar.hide'), onClose)),
        el('button', { type: 'button', class: 'new-button', onclick: onNew }, icon('new'), el('span', {}, t('new'))),
        el('div', { class: 'search' }, icon('search'), search), list, foot);
    tell('list');
    return { element, search };
}
