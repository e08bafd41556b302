// Markdown to elements. What a model writes is hostile: its HTML is shown as text, all that comes out is cleaned again by
// DOMPurify to a short list of elements, pictures become links, and links go only to the web and to mail.

import { Marked } from '../lib/marked.js';
import DOMPurify from '../lib/purify.js';
import { t } from './i18n.js';

const ALLOWED = {
    ALLOWED_TAGS: ['a', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'input', 'li', 'ol', 'p', 'pre', 'span', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul', 'div'],
    ALLOWED_ATTR: ['align', 'checked', 'class', 'disabled', 'href', 'start', 'title', 'type', 'data-tex', 'data-display', 'data-language'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
    ADD_URI_SAFE_ATTR: ['align', 'start', 'type', 'checked', 'disabled', 'data-tex', 'data-display', 'data-language'],
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
};
const SAFE_LINK = /^(?:https?:\/\/|mailto:)/i;
/** HTML that models write in the middle of Markdown and that does no harm. */
const PLAIN_HTML = /^<(?:br\s*\/?|\/?sub|\/?sup)>$/i;

DOMPurify.addHook('afterSanitizeAttributes', node => {
    if (node.tagName === 'A') {
        node.setAttribute('target', '_blank');
        node.setAttribute('rel', 'noopener noreferrer');
    }
});

const marked = new Marked({ gfm: true, breaks: false });

function escape(text) {
    return text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}

function link(href, inner, title) {
    if (!SAFE_LINK.test(href)) return inner;
    return `<a href="${escape(href)}"${title ? ` title="${escape(title)}"` : ''}>${inner}</a>`;
}

marked.use({
    renderer: {
        html({ text }) {
            return PLAIN_HTML.test(text.trim()) ? text : escape(text);
        },
        link({ href, title, tokens }) {
            return link(href, this.parser.parseInline(tokens), title);
        },
        image({ href, text }) {
            return link(href, escape(t('picture', { text: text || href })));
        },
        code({ text, lang }) {
            const language = (lang || '').trim().split(/\s+/)[0].toLowerCase();
            return `<pre data-language="${escape(language)}"><code>${escape(text)}\n</code></pre>`;
        },
    },
    extensions: [math('mathBlock', 'block', true), math('mathInline', 'inline', false)],
});

/** LaTeX between \[ \] and $$ $$, or \( \) and $ $; a dollar before a digit or a space is money. */
function math(name, level, display) {
    const block = /^(?:\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\])(?=\s|$|[.,;:!?。，；：])/;
    const inline = /^(?:\$\$([^$]+?)\$\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|\$(?!\s)((?:\\.|[^$\\\n])+?)(?<!\s)\$(?!\d))/;
    return {
        name,
        level,
        start: src => src.search(level === 'block' ? /(?:^|\n)(?:\$\$|\\\[)/ : /\$|\\\(|\\\[/),
        tokenizer(src) {
            const found = (level === 'block' ? block : inline).exec(src);
            if (!found) return undefined;
            const tex = found.slice(1).find(group => group !== undefined);
            return { type: name, raw: found[0], tex: tex.trim(), display: display || found[1] !== undefined || found[2] !== undefined };
        },
        renderer: token => `<${display ? 'div' : 'span'} class="math" data-display="${token.display}" data-tex="${escape(token.tex)}">${escape(token.raw)}</${display ? 'div' : 'span'}>`,
    };
}

/** The blocks of a text, each with its raw source; the sources together are the text. */
export function blocks(text) {
    return marked.lexer(text);
}

/** One block as one element, clean; null where nothing is to be seen. */
export function render(block, links) {
    if (block.type === 'space' || block.type === 'def') return null;
    const fragment = DOMPurify.sanitize(marked.parser(Object.assign([block], { links })), ALLOWED);
    const parts = [...fragment.childNodes].filter(node => node.nodeType === Node.ELEMENT_NODE || node.data.trim() !== '');
    if (parts.length === 1 && parts[0].nodeType === Node.ELEMENT_NODE) return parts[0];
    const paragraph = document.createElement(fragment.querySelector('p, div, pre, table, ul, ol') ? 'div' : 'p');
    paragraph.append(fragment);
    return paragraph.textContent.trim() === '' && !paragraph.firstElementChild ? null : paragraph;
}

/** Spans with classes, and nothing else: for what the highlighter makes. */
export function cleanSpans(html) {
    return DOMPurify.sanitize(html, { ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'], RETURN_DOM_FRAGMENT: true });
}

/** What is not closed yet at the end of a text that is being written is closed, so that its marks do not flicker. */
export function mended(text) {
    if ((text.match(/^ {0,3}(?:```|~~~)/gm) || []).length % 2) return text;
    const tail = text.slice(text.lastIndexOf('\n\n') + 1);
    const plain = tail.replace(/`[^`\n]*`/g, '');
    if (plain.includes('`')) return text.endsWith('`') ? text.slice(0, -1) : text + '`';
    const halfLink = /!?\[([^\]\n]*)\]\([^)\s]*$/.exec(text);
    if (halfLink) return text.slice(0, halfLink.index) + halfLink[1];
    if ((plain.match(/\*\*/g) || []).length % 2) return /\*\*$/.test(text) ? text.slice(0, -2) : text.replace(/\*$/, '') + '**';
    return text;
}
