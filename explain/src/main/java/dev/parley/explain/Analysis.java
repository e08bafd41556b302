package dev.parley.explain;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** One of the ways to look at why a model said a token. */
public enum Analysis {
    /** What heads look at, and as an attribution their mean over layers and heads. */
    ATTENTION,
    /** Attention rollout, Abnar and Zuidema 2020 (arXiv:2005.00928), section 3. */
    ROLLOUT,
    /** Gradient x input, Shrikumar et al. 2016 (arXiv:1605.01713). */
    GRADIENT_X_INPUT,
    /** Integrated gradients, Sundararajan et al. 2017 (arXiv:1703.01365). */
    INTEGRATED_GRADIENTS,
    /** What the target loses where a token is replaced, Zeiler and Fergus 2014 (arXiv:1311.2901). */
    OCCLUSION,
    /** What the head would say after each layer, nostalgebraist 2020. */
    LOGIT_LENS,
    /** What each branch adds to the logit, Elhage et al. 2021. */
    LOGIT_ATTRIBUTION,
    /** Passages that the model was trained on and whose state is most like the text's. */
    TRAINING_PASSAGES;

    /** Its name in options and JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of a name, with hyphens or underscores. */
    public static Optional<Analysis> named(String name) {
        var label = name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(values()).filter(analysis -> analysis.label().equals(label)).findFirst();
    }

    /** Whether it needs gradients, which libtorch computes. */
    public boolean needsGradients() {
        return this == GRADIENT_X_INPUT || this == INTEGRATED_GRADIENTS;
    }
}
