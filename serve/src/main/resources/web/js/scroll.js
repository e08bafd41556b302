// The thread stays at its end while the reader is there, and where the reader is otherwise.

import { iconButton } from './dom.js';
import { t } from './i18n.js';

const NEAR = 4;

/** Gives {toEnd, button}: a way to the end, and a button for it that is there when it is of use. */
export function stickToEnd(scroller, content) {
    let sticking = true;
    let last = 0;
    const distance = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    const button = iconButton('send', t('scroll.end'), () => toEnd(), { class: 'icon-button to-end', hidden: true });

    function toEnd() {
        sticking = true;
        scroller.scrollTop = scroller.scrollHeight;
        last = scroller.scrollTop;
        button.hidden = true;
    }

    scroller.addEventListener('scroll', () => {
        if (distance() <= NEAR) sticking = true;
        else if (scroller.scrollTop < last - 1) sticking = false;
        last = scroller.scrollTop;
        button.hidden = sticking || distance() < 120;
    }, { passive: true });
    const resized = new ResizeObserver(() => {
        if (sticking) toEnd();
        else button.hidden = distance() < 120;
    });
    resized.observe(content);
    resized.observe(scroller);
    return { toEnd, button };
}
