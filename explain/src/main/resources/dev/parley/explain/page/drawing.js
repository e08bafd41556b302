// What explanations are drawn with: elements, numbers, bars and curves. Styles are set one by one and not as text, so that a page that
// forbids styles in attributes can show them.
const ParleyExplanationDrawing = (() => {
  /** Makes an element. @param attributes as in HTML; on… are listeners, style has properties @param children elements and texts */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "style") Object.entries(value).forEach(([property, set]) => element.style.setProperty(property, set));
      else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
    return element;
  }

  function svg(tag, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  /** What is not seen otherwise: line breaks and spaces. */
  const shown = (text) => text.replaceAll("\n", "↵").replace(/^ +$/, (spaces) => "␣".repeat(spaces.length));
  const number = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2)).replace("-", "−");
  const signed = (value) => (value > 0 ? "+" : "") + number(value);
  const percent = (p) => (p >= 0.995 ? "100 %" : p < 0.001 ? "<0.1 %" : (100 * p).toFixed(p < 0.1 ? 1 : 0) + " %");

  /** Bars from a common zero, which lies where the values need it. @param rows of [name, value, title] @param written how a value is written */
  function bars(rows, written = signed) {
    const [low, high] = [Math.min(0, ...rows.map(([, value]) => value)), Math.max(1e-12, ...rows.map(([, value]) => value))];
    const place = (value) => (100 * (value - low)) / (high - low);
    return make("div", { class: "bars", style: { "--zero": `${place(0)}%` } }, ...rows.flatMap(([name, value, title]) => [
      make("span", { class: "bar-name", title }, name),
      make("span", { class: "bar-line" }, make("i", { class: value < 0 ? "against" : "for",
        style: { left: `${place(Math.min(0, value))}%`, width: `${place(Math.abs(value) + low)}%` } })),
      make("span", { class: "bar-value" }, written(value))]));
  }

  /** The deletion check: what the target falls to by the scores' order and by random ones. */
  function curves(check, label) {
    const [width, height, left, bottom] = [420, 170, 46, 24];
    const all = [...check.ordered, ...check.random];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const x = (share) => left + share * (width - left - 8);
    const y = (value) => 8 + ((high - value) / (high - low || 1)) * (height - bottom - 12);
    const line = (values, name) => svg("polyline", { class: name,
      points: values.map((value, i) => `${x(check.fractions[i]).toFixed(1)},${y(value).toFixed(1)}`).join(" ") });
    const text = (words, at, down, anchor = "end") => {
      const element = svg("text", { x: at, y: down, "text-anchor": anchor });
      element.textContent = words;
      return element;
    };
    return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "curve", role: "img", "aria-label": label },
      svg("path", { class: "axis", d: `M${left},8V${height - bottom}H${width - 8}` }), text(number(high), left - 5, 14),
      text(number(low), left - 5, height - bottom), text("0 %", left, height - 8, "middle"),
      text("100 %", width - 8, height - 8), line(check.random, "random"), line(check.ordered, "ordered"));
  }

  return { make, shown, number, signed, percent, bars, curves };
})();
