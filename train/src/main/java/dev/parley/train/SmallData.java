package dev.parley.train;

import java.util.Map;
import java.util.Optional;

/**
 * Defaults for data that a model reads many times over, {@code small_data: true}: dropout of 0.2 and a weight decay of 0.1 against
 * learning it by heart, and a longer memory of squared gradients since a step has few tokens. They are those of
 * nanoGPT's train_shakespeare_char.
 */
final class SmallData {

    /** By setting, where nobody sets another value. */
    static final Map<TrainingSetting<?>, Object> DEFAULTS = Map.of(TrainingSettings.DROPOUT, Optional.of(0.2),
            TrainingSettings.WEIGHT_DECAY, 0.1, TrainingSettings.ADAM_BETA2, 0.99);

    private SmallData() {}
}
