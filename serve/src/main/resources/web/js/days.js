// Conversations by the day of their last change, as people say it.

import { date, t } from './i18n.js';

/** Groups that are in order: {name, items}; those that are pinned come first. */
export function byDay(conversations, now = new Date()) {
    const groups = [];
    for (const conversation of conversations) {
        const name = conversation.pinned ? t('days.pinned') : dayName(new Date(conversation.updated), now);
        if (groups.at(-1)?.name === name) groups.at(-1).items.push(conversation);
        else groups.push({ name, items: [conversation] });
    }
    return groups;
}

function dayName(then, now) {
    const days = Math.round((midnight(now) - midnight(then)) / 86_400_000); // rounded: a day of summer time has 23 hours
    if (days <= 0) return t('days.today');
    if (days === 1) return t('days.yesterday');
    if (days < 7) return t('days.week');
    if (days < 30) return t('days.month');
    return date(then, { year: 'numeric', month: 'long' });
}

function midnight(time) {
    return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}
