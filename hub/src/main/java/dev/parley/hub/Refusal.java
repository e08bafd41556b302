package dev.parley.hub;

import dev.parley.hub.HubException.Reason;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the hub means by a refusal.
 *
 * @param file that was asked for; empty where it was the model
 */
record Refusal(HubSettings settings, HubModel model, String file) {

    /** Whether the model is there at all, as another question finds out. */
    @FunctionalInterface
    interface Existence {
        boolean get() throws RetryableException, InterruptedException;
    }

    HubException of(int status, Function<String, Optional<String>> header, Existence exists)
            throws RetryableException, InterruptedException {
        var code = header.apply("X-Error-Code").orElse("");
        if (code.equals("GatedRepo")) return gated();
        if (code.equals("RepoNotFound")) return noModel();
        if (code.equals("RevisionNotFound")) return noRevision();
        if (code.equals("EntryNotFound")) return noFile();
        return switch (status) {
            case 401 -> settings.token().isEmpty() ? noModel()
                    : new HubException(Reason.ACCESS,
                            model.id() + ": the hub does not accept your token; make a new one and set HF_TOKEN to it.");
            case 403 -> settings.token().isEmpty() ? gated()
                    : new HubException(Reason.ACCESS, model.id() + ": your token may not read this model; ask for access at " + page()
                            + ", or use another in HF_TOKEN.");
            case 404 -> !file.isEmpty() ? noFile()
                    : model.revision().equals(HubModel.DEFAULT_REVISION) || !exists.get() ? noModel() : noRevision();
            case 416 -> new HubException(Reason.DAMAGED, file + ": the server does not have the part of it that was asked for.");
            default -> new HubException(Reason.DAMAGED, model + ": the hub answers with status " + status
                    + ModelListing.shown(header.apply("X-Error-Message").map(m -> " (" + m + ")").orElse("")) + ".");
        };
    }

    private HubException gated() {
        return new HubException(Reason.ACCESS,
                model.id() + " is gated: accept its terms at " + page() + ", and set HF_TOKEN to a token of "
                        + (settings.token().isEmpty() ? "your account." : "the account that did so."));
    }

    private HubException noModel() {
        return new HubException(Reason.NO_MODEL, "The hub at " + settings.endpoint() + " has no model " + model.id()
                + (settings.token().isEmpty() ? "; correct the name, or set HF_TOKEN if the model is private or gated."
                        : " that your token may see; correct the name, or use another token in HF_TOKEN."));
    }

    private HubException noRevision() {
        return new HubException(Reason.NO_REVISION,
                model.id() + " has no revision " + model.revision() + "; name a branch, a tag or a commit of " + page() + ".");
    }

    private HubException noFile() {
        return new HubException(Reason.NO_FILE, model + " has no file " + file + "; see " + page() + " for those it has.");
    }

    private String page() {
        return settings.endpoint() + "/" + model.id();
    }
}
