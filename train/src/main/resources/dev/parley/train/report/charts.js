"use strict";
/** Curves of a run. A series is [steps, values]; those of a chart share its axes, and all charts show the step under the pointer. */
class ParleyCharts {
  static COLOURS = ["#2f6fed", "#e0592a", "#1a9c6b", "#a855f7", "#c28a00", "#d6336c"];
  static SMOOTH_FROM = 60; // points, from which on a noisy series gets a calm one above it

  /** @param marks [[step, text], …] drawn as vertical lines */
  constructor(box, marks = []) {
    this.box = box;
    this.marks = marks;
    this.drawn = [];
    box.classList.add("charts");
    const again = () => this.drawn.forEach(draw => draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    let width = box.clientWidth;
    new ResizeObserver(() => { if (box.clientWidth !== width) { width = box.clientWidth; again(); } }).observe(box);
  }

  /** @param options {wide, log: whether a logarithmic axis is offered, format: of values, smooth} */
  draw(title, series, options = {}) {
    const figure = document.createElement("figure"), caption = document.createElement("figcaption"), plot = document.createElement("div");
    figure.className = options.wide ? "chart wide" : "chart";
    caption.textContent = title;
    figure.append(caption, plot);
    this.box.append(figure);
    const key = "log " + title;
    let log = options.log && ParleyCharts.remembered(key);
    if (options.log) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "log";
      button.title = "Logarithmic axis";
      button.setAttribute("aria-pressed", !!log);
      button.onclick = () => {
        log = !log;
        button.setAttribute("aria-pressed", log);
        ParleyCharts.remember(key, log);
        draw();
      };
      caption.append(button);
    }
    let chart;
    const draw = () => {
      chart?.destroy();
      chart = this.plot(plot, series, { ...options, log });
    };
    this.drawn.push(draw);
    draw();
  }

  plot(element, named, options) {
    const style = getComputedStyle(document.documentElement), text = style.getPropertyValue("--muted"), grid = style.getPropertyValue("--grid");
    const names = Object.keys(named);
    const steps = [...new Set(names.flatMap(n => named[n][0]))].sort((a, b) => a - b);
    const columns = [], series = [{ label: "step", value: (_, v) => v == null ? "" : v.toLocaleString("en") }];
    names.forEach((name, i) => {
      const colour = ParleyCharts.COLOURS[i % ParleyCharts.COLOURS.length], few = named[name][0].length <= 30;
      const calm = options.smooth && named[name][0].length >= ParleyCharts.SMOOTH_FROM;
      const format = (_, v) => v == null ? "" : (options.format || ParleyCharts.short)(v);
      columns.push(ParleyCharts.column(steps, named[name]));
      series.push({ label: name, stroke: calm ? colour + "55" : colour, width: calm ? 1 : 2, spanGaps: true, points: { show: few, size: 5 }, value: format });
      if (!calm) return;
      columns.push(ParleyCharts.column(steps, [named[name][0], ParleyCharts.smoothed(named[name][1])]));
      series.push({ label: name + ", smoothed", stroke: colour, width: 2, spanGaps: true, points: { show: false }, value: format });
    });
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "12px system-ui, sans-serif" };
    return new uPlot({
      width: Math.max(200, element.clientWidth), height: options.wide ? 320 : 220,
      scales: { x: { time: false }, y: { distr: options.log ? 3 : 1 } },
      cursor: { sync: { key: "run" } },
      series,
      axes: [{ ...axis, values: (_, all) => all.map(ParleyCharts.short) },
        { ...axis, size: 62, values: (_, all) => all.map(v => v == null ? "" : (options.format || ParleyCharts.short)(v)) }],
      hooks: { drawSeries: [(u, i) => { if (i === 1) this.mark(u); }] },
    }, [steps, ...columns], element);
  }

  /** What was noted, as lines behind the curves. */
  mark(u) {
    u.ctx.save();
    u.ctx.strokeStyle = "#e0592a99";
    u.ctx.setLineDash([4, 4]);
    for (const [step] of this.marks) {
      const x = Math.round(u.valToPos(step, "x", true));
      if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
      u.ctx.beginPath();
      u.ctx.moveTo(x, u.bbox.top);
      u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
      u.ctx.stroke();
    }
    u.ctx.restore();
  }

  static column(steps, [at, values]) {
    const by = new Map(at.map((step, i) => [step, values[i]]));
    return steps.map(step => by.has(step) ? by.get(step) : null);
  }

  /** The mean of the points around each: nothing lags behind. */
  static smoothed(values) {
    const around = Math.max(2, Math.round(values.length / 60));
    return values.map((v, i) => {
      const near = values.slice(Math.max(0, i - around), i + around + 1).filter(n => n != null);
      return v == null ? null : near.reduce((sum, n) => sum + n, 0) / near.length;
    });
  }

  static short(v) {
    if (v === 0) return "0";
    const size = Math.abs(v);
    if (size < 1e-3) return v.toExponential(1).replace(".0e", "e");
    if (size >= 1e6) return +(v / 1e6).toPrecision(3) + "M";
    if (size >= 1e4) return +(v / 1e3).toPrecision(3) + "k";
    return String(+v.toPrecision(4));
  }

  static remember(key, value) {
    try { sessionStorage.setItem(key, value ? "1" : ""); } catch { /* a page in a sandbox has none */ }
  }

  static remembered(key) {
    try { return !!sessionStorage.getItem(key); } catch { return false; }
  }
}
