// Elements, made from code. Text is always set as text: nothing here reads HTML.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element with its properties and children: el('button', {class: 'x', onclick: f, 'aria-label': 'Close'}, 'text', child).
 * A property that is null, undefined or false is left out; true gives an empty attribute.
 */
export function el(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
        else if (name === 'value') element.value = value;
        else element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
    return element;
}

// Drawn on a field of 24 by 24, by strokes.
const ICONS = {
    attach: 'M19.5 11.500l-7.400 7.400a4.600 4.600 0 0 1-6.500-6.500l7.900-7.900a3.100 3.100 0 0 1 4.400 4.400l-7.900 7.900a1.500 1.500 0 0 1-2.200-2.200l7.300-7.300',
    attention: 'M12 5c4.5 0 8 4 9.5 7-1.5 3-5 7-9.5 7s-8-4-9.5-7C4 9 7.5 5 12 5z M12 9.200a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.600z',
    book: 'M5 4.500h11.500a2 2 0 0 1 2 2v13H7a2 2 0 0 1-2-2z M5 17.500a2 2 0 0 1 2-2h11.500 M9 8.500h6',
    check: 'M5 12.500l4.5 4.500L19 7.5',
    close: 'M6 6l12 12 M18 6L6 18',
    compare: 'M4 5h6.500v14H4z M13.5 5H20v14h-6.500z',
    copy: 'M9 9h10v11H9z M15 9V4H5v11h4',
    down: 'M17 14V4h3v10z M17 14l-4 7c-1.5 0-2.5-1-2.5-2.500V15H5.800a2 2 0 0 1-2-2.400l1.3-7A2 2 0 0 1 7 4h10',
    edit: 'M4 20l.9-4L16.5 4.400a1.6 1.6 0 0 1 2.3 0l.8.8a1.6 1.6 0 0 1 0 2.300L8 19.100z M14.5 6.500l3 3',
    file: 'M6.500 3.500h7.500l4 4v13h-11.500z M14 3.500v4h4 M9.500 12h5.500 M9.500 15.500h5.500',
    left: 'M14.5 6l-6 6 6 6',
    more: 'M5.5 12h.01 M12 12h.01 M18.5 12h.01',
    new: 'M12 5v14 M5 12h14',
    pin: 'M9 4h6l-.8 6 3.3 3.500v1H6.500v-1L9.8 10z M12 14.500V20',
    play: 'M8 5.500l10 6.5-10 6.500z',
    redo: 'M19.5 12a7.5 7.5 0 1 1-2.3-5.400L20 9 M20 4v5h-5',
    right: 'M9.5 6l6 6-6 6',
    search: 'M11 4.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z M20 20l-4.3-4.3',
    send: 'M12 19V5 M5.5 11.500L12 5l6.5 6.5',
    settings: 'M4 7.500h9 M17 7.500h3 M15 5v5 M4 16.500h3 M11 16.500h9 M9 14v5',
    share: 'M12 15V4 M7.5 8L12 3.5 16.5 8 M5 13v6.500h14V13',
    shield: 'M12 3.500l7 2.500v5.500c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6z',
    sidebar: 'M4 5h16v14H4z M9.5 5v14',
    stop: 'M7.5 7.500h9v9h-9z',
    teach: 'M12 5L2.500 9.500 12 14l9.500-4.500z M6 11.500V16c1.500 1.800 3.700 2.500 6 2.500s4.500-.7 6-2.500v-4.500 M21.500 9.500V15',
    tool: 'M14.500 6.500a4 4 0 0 1 5-1l-2.500 2.500 1 2.500 2.500 1 1-1a4 4 0 0 1-5.500 4.500L9 21a2.100 2.100 0 0 1-3-3l6.500-6.500a4 4 0 0 1 2-5z',
    up: 'M7 10v10H4V10z M7 10l4-7c1.5 0 2.5 1 2.5 2.500V9h4.700a2 2 0 0 1 2 2.400l-1.3 7A2 2 0 0 1 17 20H7',
    user: 'M12 4.500a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.600z M4.5 20c.8-3.8 3.8-5.5 7.5-5.500s6.7 1.7 7.5 5.5',
    why: 'M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z M9.5 9.700a2.5 2.5 0 1 1 3.700 2.200c-.9.5-1.2 1-1.2 1.900 M12 16.700h.01',
};

/** A drawing that says nothing to a screen reader: its button has the words. */
export function icon(name) {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.setAttribute('class', `icon icon-${name}`);
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', ICONS[name]);
    svg.append(path);
    return svg;
}

/** A button that shows only a drawing, with its words for those who hover or listen. */
export function iconButton(name, label, onclick, properties = {}) {
    return el('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...properties }, icon(name));
}

/** Copies a text, also where the page is not served securely and the clipboard's own interface is missing. */
export async function copyText(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = el('textarea', { class: 'out-of-sight', value: text });
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
}

/** Hands the reader a file. */
export function download(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    el('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
