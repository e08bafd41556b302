// Where each token of an answer lies in its text, and on the page. Markdown hides marks, so what is seen is a part of
// what was written, in the same order: each seen character is looked for from where the last was found.

import { rangeOf } from './writing.js';

/** A token that holds a part of a character is told with this in its place. */
const PART = '\uFFFD';

/** How surprising a token was, in bits. */
export function bits(logprob) {
    return Math.max(0, -logprob / Math.LN2);
}

/** Whether it is known how likely a token was; beam search does not tell it. */
export function isTold(token) {
    return token.logprob !== null;
}

/** A token as it can be read: spaces and line ends are seen. */
export function visible(text) {
    return text.replace(/^ | $/g, '␣').replace(/\n/g, '↵').replace(/\t/g, '⇥') || '∅';
}

/** For each UTF-16 unit of the text, the index of the token that it came with, or -1. */
export function tokenOfEach(text, tokens) {
    const owner = new Int32Array(text.length).fill(-1);
    let at = 0;
    for (let i = 0; i < tokens.length; i++) {
        let end;
        if (tokens[i].text.includes(PART)) {
            const first = i;
            while (i + 1 < tokens.length && tokens[i + 1].text.includes(PART)) i++;
            const next = tokens[i + 1]?.text;
            const found = next ? text.indexOf(next, at + 1) : text.length;
            end = found < 0 ? at + 1 : found;
            owner.fill(first, at, end);
        } else {
            const found = text.indexOf(tokens[i].text, at);
            if (found < 0 || found > at + 40) continue; // a mark that ends the answer, or what a stop string took
            end = found + tokens[i].text.length;
            owner.fill(i, found, end);
        }
        at = end;
    }
    return owner;
}

/** Wraps what is seen of each token in a span, made by wrap(index); gives how many tokens are seen. */
export function wrapTokens(body, text, owner, wrap) {
    const seen = new Set();
    for (const block of body.children) {
        const range = rangeOf(block);
        if (!range) continue;
        let at = range.start;
        const walker = document.createTreeWalker(block, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, skip);
        const found = [];
        for (let node = block.matches('[data-tex]') ? block : walker.nextNode(); node; node = walker.nextNode()) {
            if (node.nodeType === Node.TEXT_NODE) {
                const pieces = split(node.data, text, at, range.end, owner);
                at = pieces.at;
                found.push([node, pieces.list]);
            } else if (node.dataset.tex !== undefined) {
                const start = text.indexOf(node.dataset.tex, at);
                if (start < 0) continue;
                at = start + node.dataset.tex.length;
                found.push([node, owner[start]]);
            }
        }
        for (const [node, pieces] of found) place(node, pieces, wrap, seen);
    }
    return seen.size;
}

/** What is not the answer's text is passed over: the head of code, and the inside of a formula. */
function skip(node) {
    if (node.nodeType === Node.ELEMENT_NODE && node.classList.contains('code-head')) return NodeFilter.FILTER_REJECT;
    if (node.parentElement.closest('[data-tex]')) return NodeFilter.FILTER_REJECT;
    return NodeFilter.FILTER_ACCEPT;
}

/** A text node in pieces, each of one token. */
function split(data, text, at, end, owner) {
    const list = [];
    for (const character of data) {
        const found = text.indexOf(character, at);
        const known = found >= 0 && found < end;
        const token = known ? owner[found] : list.at(-1)?.token ?? -1;
        if (known) at = found + character.length;
        if (list.at(-1)?.token === token) list.at(-1).text += character;
        else list.push({ token, text: character });
    }
    return { list, at };
}

function place(node, pieces, wrap, seen) {
    if (typeof pieces === 'number') {
        if (pieces < 0) return;
        seen.add(pieces);
        wrap(pieces, node);
        return;
    }
    node.replaceWith(...pieces.map(({ token, text }) => {
        if (token < 0 || text.trim() === '') return text;
        seen.add(token);
        const span = document.createElement('span');
        span.textContent = text;
        wrap(token, span);
        return span;
    }));
}
