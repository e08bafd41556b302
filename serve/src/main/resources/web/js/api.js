// The server's /api. Every failure is an ApiError whose message can be shown to the reader.

import { t } from './i18n.js';

let csrf = '';
let onLoginWanted = () => {};

/** A request that failed. status is 0 where the server was not reached. */
export class ApiError extends Error {
    constructor(status, message, { code = '', retryAfter = 0 } = {}) {
        super(message);
        Object.assign(this, { status, code, retryAfter });
    }
}

/** Is called when the server wants a login that the page does not have any more. */
export function whenLoginIsWanted(listener) {
    onLoginWanted = listener;
}

/** The session; its token goes with every change from now on. */
export async function session() {
    return kept(await call('GET', '/session'));
}

export async function login(name, password) {
    return kept(await call('POST', '/login', { name, password }, { quiet: true }));
}

function kept(found) {
    csrf = found.csrf;
    return found;
}

export const get = path => call('GET', path);
export const post = (path, body = {}) => call('POST', path, body);
export const patch = (path, body) => call('PATCH', path, body);
export const put = (path, body) => call('PUT', path, body);
export const remove = path => call('DELETE', path);

async function call(method, path, body, options = {}) {
    try {
        return await send(method, path, body, options);
    } catch (e) {
        if (e.code !== 'csrf') throw e;
        await session(); // the browser's cookie is a new one: another tab logged in, or the server began anew
        return send(method, path, body, options);
    }
}

async function send(method, path, body, { quiet = false } = {}) {
    const headers = { Accept: 'application/json' };
    if (method !== 'GET') headers['X-Parley-CSRF'] = csrf;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let response;
    try {
        response = await fetch('/api' + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'same-origin' });
    } catch {
        throw new ApiError(0, t('error.unreachable'));
    }
    if (!response.ok) throw await refusal(response, quiet);
    return response.status === 204 ? null : response.json();
}

/** Sends a file as it is; onProgress hears how much of it has gone, 0 to 1. Gives {done, cancel}. */
export function upload(path, file, onProgress) {
    let request;
    let cancelled = false;
    const once = () => new Promise((resolve, reject) => {
        request = new XMLHttpRequest(); // fetch does not tell how much has gone
        request.open('POST', '/api' + path);
        request.setRequestHeader('Accept', 'application/json');
        request.setRequestHeader('X-Parley-CSRF', csrf);
        request.setRequestHeader('Content-Type', 'application/octet-stream');
        request.upload.addEventListener('progress', event => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
        request.addEventListener('load', () => resolve(new Response([204, 304].includes(request.status) ? null : request.responseText, { status: request.status })));
        request.addEventListener('error', () => reject(new ApiError(0, t('error.unreachable'))));
        request.addEventListener('abort', () => reject(new ApiError(0, '', { code: 'aborted' })));
        request.send(file);
    });
    const done = async () => {
        let response = await once();
        if (response.status === 403 && !cancelled) {
            const refused = await refusal(response.clone());
            if (refused.code !== 'csrf') throw refused;
            await session();
            response = await once();
        }
        if (!response.ok) throw await refusal(response);
        return response.json();
    };
    return { done: done(), cancel: () => { cancelled = true; request.abort(); } };
}

/** What a response that is not fine says, in words. */
export async function refusal(response, quiet = false) {
    let error = {};
    try {
        error = (await response.json()).error || {};
    } catch { /* a proxy may answer in its own way; the status tells enough */ }
    if (response.status === 401 && !quiet) onLoginWanted();
    const retryAfter = Number(response.headers.get('Retry-After')) || 0;
    return new ApiError(response.status, error.message || t('error.status', { status: response.status }), { code: error.code || '', retryAfter });
}
