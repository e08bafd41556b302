package dev.parley.serve.gate;

import io.javalin.http.Context;

/** What browsers are told with every answer: to load and run nothing but our own, in no frame, and to tell others nothing. */
final class SecurityHeaders {

    private static final String PAGE = String.join("; ", "default-src 'none'", "script-src 'self'", "style-src 'self'",
            "img-src 'self' data: blob:", "font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'", "object-src 'none'");
    private static final String DATA = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private SecurityHeaders() {}

    /** @param page whether the answer is a part of the page, not data */
    static void put(Context request, boolean page) {
        request.header("Content-Security-Policy", page ? PAGE : DATA);
        request.header("X-Content-Type-Options", "nosniff");
        request.header("X-Frame-Options", "DENY");
        request.header("Referrer-Policy", "same-origin");
        request.header("Cross-Origin-Opener-Policy", "same-origin");
        request.header("Cross-Origin-Resource-Policy", "same-origin");
        request.header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
        if (!page) request.header("Cache-Control", "no-store");
    }
}
