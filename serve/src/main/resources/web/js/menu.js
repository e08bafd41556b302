// A menu that a button opens (WAI-ARIA Authoring Practices, menu button): arrows, Home, End, letters, Escape.

import { el, icon } from './dom.js';

let open = null;

/**
 * Opens a menu under a button. Each item is {label, note, icon, checked, danger, act}, or {heading}.
 * An item whose checked is true or false is one of a choice.
 */
export function openMenu(button, label, items) {
    const again = open?.button === button;
    open?.close();
    if (again) return;
    const menu = el('div', { class: 'menu', role: 'menu', 'aria-label': label }, items.map(item => entry(item, close)));
    const outside = event => { if (!menu.contains(event.target) && !button.contains(event.target)) close(false); };

    function close(focus = true) {
        if (open?.menu !== menu) return;
        open = null;
        menu.remove();
        document.removeEventListener('pointerdown', outside);
        removeEventListener('resize', close);
        button.setAttribute('aria-expanded', 'false');
        if (focus && button.isConnected) button.focus();
    }

    menu.addEventListener('keydown', event => onKey(event, menu, close));
    menu.addEventListener('focusout', event => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(false); });
    document.addEventListener('pointerdown', outside);
    addEventListener('resize', close);
    open = { menu, button, close };
    button.setAttribute('aria-expanded', 'true');
    (button.closest('dialog') || document.body).append(menu);
    place(menu, button.getBoundingClientRect());
    (menu.querySelector('[aria-checked="true"]') || menu.querySelector('[role^="menuitem"]')).focus();
}

function entry(item, close) {
    if (item.heading) return el('div', { class: 'menu-heading', role: 'presentation' }, item.heading);
    const choice = item.checked !== undefined;
    return el('button', {
        type: 'button', tabindex: '-1', role: choice ? 'menuitemradio' : 'menuitem',
        'aria-checked': choice ? String(item.checked) : null, class: item.danger ? 'danger' : null,
        onclick: () => { close(); item.act(); },
    }, item.icon ? icon(item.icon) : null, el('span', { class: 'menu-label' }, item.label, item.note ? el('small', {}, item.note) : null), item.checked ? icon('check') : null);
}

function onKey(event, menu, close) {
    const all = [...menu.querySelectorAll('[role^="menuitem"]')];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) all.at(to % all.length).focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (event.key.length === 1 && /\S/.test(event.key)) {
        const key = event.key.toLowerCase();
        [...all.slice(at + 1), ...all.slice(0, at + 1)].find(e => e.textContent.trim().toLowerCase().startsWith(key))?.focus();
        return;
    } else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
}

function place(menu, at) {
    const { width, height } = menu.getBoundingClientRect();
    const below = at.bottom + 4 + height <= innerHeight || at.top < height;
    menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    menu.style.top = `${below ? Math.min(at.bottom + 4, Math.max(8, innerHeight - height - 8)) : at.top - height - 4}px`;
}
