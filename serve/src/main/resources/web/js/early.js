// Runs before the first paint, so that the page never flashes in the other theme or language.
(() => {
    let kept = {};
    try { kept = JSON.parse(localStorage.getItem('parley.choices')) || {}; } catch { /* storage may be closed: the defaults serve */ }
    const root = document.documentElement;
    if (kept.theme === 'light' || kept.theme === 'dark') root.dataset.theme = kept.theme;
    const language = kept.language || (navigator.language || 'en');
    root.lang = /^zh/i.test(language) ? 'zh-Hans' : 'en';
})();
