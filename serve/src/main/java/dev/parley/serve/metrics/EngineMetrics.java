package dev.parley.serve.metrics;

import dev.parley.generate.engine.EngineStats;
import dev.parley.generate.engine.Histogram;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelPool.State;
import dev.parley.serve.models.ServedModel;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The engines' own counts, read when they are asked for. A model that leaves memory takes its counts with it; Prometheus takes
 * a counter that begins again as such.
 */
final class EngineMetrics implements MultiCollector {

    private final ModelPool models;

    EngineMetrics(ModelPool models) {
        this.models = models;
    }

    @Override
    public MetricSnapshots collect() {
        var loaded = new LinkedHashMap<ServedModel, EngineStats>();
        models.all().forEach(info -> info.model().ifPresent(m -> loaded.put(m, m.engine().stats())));
        return MetricSnapshots.of(
                modelsLoaded(),
                gauge(loaded, "parley_texts_running", "Sequences being generated.", EngineStats::running),
                gauge(loaded, "parley_requests_waiting", "Requests waiting in the queue.", EngineStats::waiting),
                gauge(loaded, "parley_kv_blocks_used", "Blocks of the key-value cache in use.", EngineStats::usedBlocks),
                gauge(loaded, "parley_kv_blocks_known", "Blocks of the key-value cache kept for prefixes of new requests.",
                        EngineStats::knownBlocks),
                gauge(loaded, "parley_kv_blocks", "Blocks of the key-value cache in total.", EngineStats::blocks),
                counter(loaded, "parley_prompt_tokens", "Prompt tokens of the requests that were started.", EngineStats::promptTokens),
                counter(loaded, "parley_prefix_cached_tokens", "Prompt tokens taken from the prefix cache.", EngineStats::cachedTokens),
                counter(loaded, "parley_completion_tokens", "Tokens generated.", EngineStats::completionTokens),
                counter(loaded, "parley_preemptions", "Sequences preempted for want of cache blocks.", EngineStats::preempted),
                histogram(loaded, "parley_time_to_first_token_seconds", "Time from the request to the first token.",
                        EngineStats::firstToken),
                histogram(loaded, "parley_inter_token_seconds", "Time between two tokens of a sequence.", EngineStats::nextToken));
    }

    private MetricSnapshot modelsLoaded() {
        var gauge = GaugeSnapshot.builder().name("parley_model_loaded").help("Whether the model is in memory.");
        for (var info : models.all()) {
            gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(Labels.of("model", info.source().id()))
                    .value(info.state() == State.READY ? 1 : 0).build());
        }
        return gauge.build();
    }

    private static MetricSnapshot gauge(Map<ServedModel, EngineStats> loaded, String name, String help,
            ToDoubleFunction<EngineStats> value) {
        var gauge = GaugeSnapshot.builder().name(name).help(help);
        loaded.forEach((model, stats) -> gauge
                .dataPoint(GaugeDataPointSnapshot.builder().labels(labels(model)).value(value.applyAsDouble(stats)).build()));
        return gauge.build();
    }

    private static MetricSnapshot counter(Map<ServedModel, EngineStats> loaded, String name, String help,
            ToDoubleFunction<EngineStats> value) {
        var counter = CounterSnapshot.builder().name(name).help(help);
        loaded.forEach((model, stats) -> counter
                .dataPoint(CounterDataPointSnapshot.builder().labels(labels(model)).value(value.applyAsDouble(stats)).build()));
        return counter.build();
    }

    private static MetricSnapshot histogram(Map<ServedModel, EngineStats> loaded, String name, String help,
            Function<EngineStats, Histogram> value) {
        var histogram = HistogramSnapshot.builder().name(name).help(help);
        loaded.forEach((model, stats) -> {
            var of = value.apply(stats);
            histogram.dataPoint(HistogramDataPointSnapshot.builder().labels(labels(model)).classicHistogramBuckets(buckets(of))
                    .sum(of.seconds()).build());
        });
        return histogram.build();
    }

    /** The engine counts what took no longer than a bound; a bucket has what is between two. */
    private static ClassicHistogramBuckets buckets(Histogram histogram) {
        var buckets = ClassicHistogramBuckets.builder();
        var below = 0L;
        for (int i = 0; i < histogram.bounds().size(); i++) {
            buckets.bucket(histogram.bounds().get(i), histogram.counts().get(i) - below);
            below = histogram.counts().get(i);
        }
        return buckets.bucket(Double.POSITIVE_INFINITY, histogram.count() - below).build();
    }

    private static Labels labels(ServedModel model) {
        return Labels.of("model", model.id());
    }
}
