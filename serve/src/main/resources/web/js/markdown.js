// Markdown to elements. What a model writes is hostile: its HTML is shown as text, all that comes out is cleaned again by
// DOMPurify to a short list of elements, pictures become links, and links go only to the web and to mail.

import { Marked, Tokenizer } from '../lib/marked.js';
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
    tokenizer: { del, emStrong, url },
    extensions: [math('mathBlock', 'block', true), math('mathInline', 'inline', false)],
});

// ---- what Markdown's rules, made for English, would take from a text ----

const CJK = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}\\u3000-\\u303f\\ufe30-\\ufe4f\\uff00-\\uffef';
const MARK = '(?![*])[\\p{P}\\p{S}]';
/** Marks beside asterisks that are read as letters: those of Chinese, Japanese and Korean, and any across from such a character. */
const EASED = new RegExp(`(?<=[${CJK}]\\*+)${MARK}|${MARK}(?=\\*+[${CJK}])|(?<=\\*)(?=[${CJK}])${MARK}|(?=[${CJK}])${MARK}(?=\\*)`, 'gu');
const BEGINS_BESIDE_CJK = new RegExp(`^\\*+(?=[${CJK}])${MARK}`, 'u');
const ENDS_CJK = new RegExp(`[${CJK}]$`, 'u');
const HAS_CJK = new RegExp(`[${CJK}]`, 'u');
const TIMES = /(?<=\d)\*{1,2}(?=\d)/g;
/** A name of Python's between double underscores. */
const DUNDER = /^__[a-z]+(?:_[a-z]+)*__(?![A-Za-z0-9])/;

/** Two tildes strike out; one says "about" or "to": 5~7. */
function del(src) {
    return src.startsWith('~~') ? false : undefined;
}

let eased = { of: '', is: '' };

/**
 * Bold and slanted text also beside Chinese, Japanese and Korean marks, which have no blanks around them: CommonMark asks whether an
 * asterisk stands beside a blank or a mark. Stars between digits are a product or a power. @param masked src's whole text, what is no Markdown hidden
 */
function emStrong(src, masked, before = '') {
    const [name] = DUNDER.exec(src) || [];
    if (name) return { type: 'text', raw: name, text: name };
    if (!src.startsWith('*')) return false;
    if (/\d$/.test(before) && /^\*{1,2}\d/.test(src)) return undefined;
    if (eased.of !== masked) eased = { of: masked, is: masked.replace(TIMES, stars => 'a'.repeat(stars.length)).replace(EASED, mark => 'a'.repeat(mark.length)) };
    const open = ENDS_CJK.test(before) || BEGINS_BESIDE_CJK.test(src);
    return Tokenizer.prototype.emStrong.call(this, src, eased.is, open ? ' ' : before);
}

/** A bare address ends where Chinese or Japanese marks begin. */
function url(src) {
    const found = Tokenizer.prototype.url.call(this, src);
    const end = found ? found.raw.search(/[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2018-\u201f]/) : -1;
    return end <= 0 ? found : Tokenizer.prototype.url.call(this, src.slice(0, end));
}

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
            if (found[4] && HAS_CJK.test(found[4].replace(/\\text\w*\{[^}]*\}/g, ''))) return undefined; // two sums of money in a sentence
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
