package dev.parley.serve.http;

import java.util.Optional;

/** A request that is refused, or a fault of ours, with what a client is told of it. */
public final class ApiError extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final String param;

    private ApiError(int status, String code, String param, String message) {
        super(message);
        this.status = status;
        this.code = code;
        this.param = param;
    }

    /**
     * 400: what was asked cannot be done.
     *
     * @param param the field that says so; empty for the whole
     */
    public static ApiError badRequest(String param, String message) {
        return new ApiError(400, "invalid_value", param, message);
    }

    /**
     * With another status than 400.
     *
     * @param code a word for programs, such as {@code model_not_found}
     */
    public static ApiError of(int status, String code, String message) {
        return new ApiError(status, code, "", message);
    }

    /** With the field that is wrong. */
    public static ApiError of(int status, String code, String param, String message) {
        return new ApiError(status, code, param, message);
    }

    /** 500: the fault is ours. */
    public static ApiError fault(String message) {
        return new ApiError(500, "internal_error", "", message);
    }

    /** The status of the HTTP response. */
    public int status() {
        return status;
    }

    /** A word for programs. */
    public String code() {
        return code;
    }

    /** The field of the request that is wrong, where it is one. */
    public Optional<String> param() {
        return param.isEmpty() ? Optional.empty() : Optional.of(param);
    }

    /** The kind of error, as OpenAI's API names it. */
    public String type() {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 429 -> "rate_limit_error";
            case 500, 503 -> "server_error";
            default -> "invalid_request_error";
        };
    }
}
