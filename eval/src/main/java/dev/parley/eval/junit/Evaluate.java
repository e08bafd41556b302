package dev.parley.eval.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs a task and fails where its figure is not as good as asked.
 *
 * <pre>{@code
 * @Evaluate(model = "models/support", task = "tasks/support_faq.yaml", metric = "exact_match", atLeast = 0.9)
 * void answersTheFrequentQuestions() {}
 * }</pre>
 *
 * The task has run when the method begins; it may take the {@link dev.parley.eval.harness.EvaluationResult} as a parameter and ask for
 * more. The failure's message has the figure with its standard error and how many samples it is of.
 */
@Test
@ExtendWith(EvaluateExtension.class)
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Evaluate {

    /** A model folder or a model of the hub. Empty for what the system property {@code parley.eval.model} names. */
    String model() default "";

    /** A task or group by name, or a task file. */
    String task();

    /** Folders of task files. Where there are none, the one that the system property {@code parley.eval.tasks} names. */
    String[] includePath() default {};

    /** The figure that counts, {@code METRIC} or {@code METRIC,FILTER}. Empty for the task's first. */
    String metric() default "";

    /** The least value that passes, for metrics of which more is better. */
    double atLeast() default Double.NEGATIVE_INFINITY;

    /** The greatest value that passes, for metrics such as perplexity. */
    double atMost() default Double.POSITIVE_INFINITY;

    /**
     * How many standard errors the figure must be beyond the bound: 0 takes the figure as it is; 1.64 passes only where it is surely good
     * enough.
     */
    double standardErrors() default 0;

    /** Documents of the task: a number, below 1 a part of them; 0 for all. */
    double limit() default 0;

    /** Examples before each question; -1 for what the task says. */
    int numFewshot() default -1;

    /** Whether prompts are put into the model's chat template. */
    boolean applyChatTemplate() default false;
}
