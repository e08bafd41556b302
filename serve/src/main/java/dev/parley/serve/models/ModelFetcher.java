package dev.parley.serve.models;

import dev.parley.hub.HubListener;

/** Brings models of the hub onto this machine while a server runs. */
@FunctionalInterface
public interface ModelFetcher {

    /**
     * Downloads a model, as far as it is not here.
     *
     * @param name at the hub, such as {@code org/name} or {@code org/name:QUANT}
     * @param listener is told how far it is
     * @return the model, called by that name
     * @throws dev.parley.hub.HubException if it cannot be had
     */
    ModelSource fetch(String name, HubListener listener);
}
