// Shows an explanation, as `parley explain --json` writes it, in any element:
//   ParleyExplanation.mount(document.getElementById("why"), data, "en");
// It needs explanation.css and nothing else, and fetches nothing.
const ParleyExplanation = (() => {
  const METHODS = ["occlusion", "integrated_gradients", "gradient_x_input", "rollout", "attention"];

  /** Makes an element. @param attributes as in HTML; on… are listeners @param children elements and texts */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== null));
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

  class View {
    constructor(root, data, language) {
      this.root = root;
      this.data = data;
      this.words = ParleyExplanationWords[language] ?? ParleyExplanationWords.en;
      this.methods = METHODS.filter((method) => data.attributions.some((a) => a.method === method));
      this.method = this.methods[0];
      this.token = data.explained.length === 1 ? 0 : null; // number among the explained; null for all
      this.layer = null; // null for all
      this.head = null;
      root.classList.add("parley-explanation");
      root.lang = language;
      this.draw();
    }

    set(changes) {
      Object.assign(this, changes);
      const focused = document.activeElement?.dataset?.key;
      this.draw();
      if (focused) this.root.querySelector(`[data-key="${focused}"]`)?.focus();
    }

    draw() {
      this.root.replaceChildren(...[this.question(), this.text(), this.sources(), this.trust(), this.parts(), this.lens(), this.passages()]
        .filter(Boolean));
    }

    attribution() {
      return this.data.attributions.find((a) => a.method === this.method);
    }

    /** Whether the scores say where the model looks, and so have no sign. */
    looks() {
      return this.method === "attention" || this.method === "rollout";
    }

    /** Numbers of the explained tokens that are looked at. */
    chosen() {
      return this.token === null ? this.data.explained.map((_, n) => n) : [this.token];
    }

    /** Each token's score for some explained tokens; undefined where it comes too late to have one. */
    scores(chosen = this.chosen()) {
      const sums = new Array(this.data.tokens.length);
      for (const n of chosen) {
        this.scoresOf(n).forEach((score, t) => (sums[t] = (sums[t] ?? 0) + score));
      }
      return sums;
    }

    scoresOf(n) {
      if (this.method !== "attention" || !this.data.attention || (this.layer === null && this.head === null)) {
        return this.attribution().scores[n];
      }
      const layers = this.layer === null ? this.data.attention[n] : [this.data.attention[n][this.layer]];
      const heads = layers.flatMap((layer) => (this.head === null ? layer : [layer[this.head]]));
      return heads[0].map((_, t) => heads.reduce((sum, head) => sum + head[t], 0) / heads.length);
    }

    name(n) {
      return shown(this.data.tokens[this.data.explained[n].position].text);
    }

    // ---- the parts of the page ----

    question() {
      const first = this.data.explained[0];
      if (!first.rather_than) return null;
      const [before, between, after] = this.words.contrast;
      return make("p", { class: "contrast" }, before, make("b", {}, this.name(0)), between, make("b", {}, shown(first.rather_than.text)),
        after + ` (${signed(first.value)})`);
    }

    text() {
      const numbers = new Map(this.data.explained.map((token, n) => [token.position, n]));
      const flow = make("div", { class: "flow" });
      const pieces = (this.pieces = []);
      this.data.tokens.forEach((token, t) => {
        if (t === this.data.prompt_tokens) flow.append(make("span", { class: "answer-mark" }, this.words.answer));
        pieces.push(this.piece(token, numbers.get(t)));
        flow.append(pieces[t]);
        if (token.text.endsWith("\n")) flow.append(make("br"));
      });
      this.paint();
      return make("section", {}, make("p", { class: "hint" }, this.words.hint), this.controls(), flow, this.scale());
    }

    /** Colours the text by the scores for some explained tokens. */
    paint(chosen = this.chosen()) {
      if (!this.method) return;
      const scores = this.scores(chosen);
      const most = Math.max(1e-12, ...scores.filter((score) => score !== undefined).map(Math.abs));
      this.pieces.forEach((piece, t) => {
        piece.classList.toggle("against", scores[t] < 0);
        piece.style.setProperty("--share", Math.abs((scores[t] ?? 0) / most).toFixed(3));
        piece.title = [scores[t] === undefined ? "" : `${this.words.methods[this.method]}: ${signed(scores[t])}`, piece.dataset.about]
          .filter(Boolean).join(" · ");
      });
    }

    /** @param n number among the explained tokens, if it is one; pointing at it shows its sources, choosing it keeps them */
    piece(token, n) {
      if (n === undefined) return make("span", { class: "piece", "data-about": `#${token.id}` }, shown(token.text));
      return make("button", { class: "piece said", type: "button", "data-key": "t" + n, "aria-pressed": String(this.token === n),
        "data-about": `p = ${percent(Math.exp(this.data.explained[n].logprob))} · #${token.id}`, onmouseenter: () => this.paint([n]),
        onmouseleave: () => this.paint(), onclick: () => this.choose(n) }, shown(token.text));
    }

    choose(n) {
      this.set({ token: this.token === n && this.data.explained.length > 1 ? null : n });
    }

    controls() {
      const buttons = this.methods.map((method) => make("button", { type: "button", class: "choice", "data-key": method,
        "aria-pressed": String(method === this.method), title: this.words.about[method], onclick: () => this.set({ method }) },
      this.words.methods[method]));
      const row = make("div", { class: "controls" }, ...buttons);
      if (this.method === "attention" && this.data.attention) {
        row.append(this.select("layer", this.words.allLayers, this.words.layer, this.data.attention[0].length),
          this.select("head", this.words.allHeads, this.words.head, this.data.attention[0][0].length));
      }
      return row;
    }

    select(what, all, one, count) {
      const select = make("select", { "aria-label": all, "data-key": what,
        onchange: (event) => this.set({ [what]: event.target.value === "" ? null : Number(event.target.value) }) },
      make("option", { value: "" }, all));
      for (let i = 0; i < count; i++) select.append(make("option", { value: i, selected: this[what] === i }, one(i + 1)));
      return select;
    }

    scale() {
      const signs = this.looks()
        ? [make("i", { class: "for" }), this.words.looked] : [make("i", { class: "against" }), this.words.against, make("i", { class: "for" }),
          this.words.for];
      return make("p", { class: "scale" }, ...signs);
    }

    sources() {
      if (!this.method) return null;
      const scores = this.scores();
      const order = scores.map((_, t) => t).filter((t) => scores[t] !== undefined).sort((a, b) => Math.abs(scores[b]) - Math.abs(scores[a]))
        .slice(0, 10);
      const whose = this.token === null ? this.words.wholeAnswer : `“${this.name(this.token)}”`;
      return this.card(this.words.sources + " " + whose, this.words.about[this.method],
        this.bars(order.map((t) => [shown(this.data.tokens[t].text), scores[t], `${this.words.place} ${t + 1}`]), this.looks()));
    }

    /** Bars from a common zero, which lies where the values need it. @param rows of [name, value, title] @param plain without signs */
    bars(rows, plain = false) {
      const [low, high] = [Math.min(0, ...rows.map(([, value]) => value)), Math.max(1e-12, ...rows.map(([, value]) => value))];
      const place = (value) => (100 * (value - low)) / (high - low);
      return make("div", { class: "bars", style: `--zero:${place(0)}%` }, ...rows.flatMap(([name, value, title]) => [
        make("span", { class: "bar-name", title }, name),
        make("span", { class: "bar" }, make("i", { class: value < 0 ? "against" : "for",
          style: `left:${place(Math.min(0, value))}%;width:${place(Math.abs(value) + low)}%` })),
        make("span", { class: "bar-value" }, plain ? number(value) : signed(value))]));
    }

    trust() {
      const attribution = this.method && this.attribution();
      const check = attribution?.faithfulness;
      if (!check) return null;
      const verdict = check.area > 2 * check.random_deviation ? this.words.better : check.area > 0 ? this.words.unsure : this.words.worse;
      const complete = attribution.completeness;
      return this.card(this.words.trust, this.words.deletion(number(check.area), number(check.random_deviation),
        this.data.explained.length > 1),
        make("p", { class: "verdict" }, verdict), this.curve(check),
        complete && make("p", {}, this.words.complete(percent(complete.worst_gap), complete.steps)));
    }

    curve(check) {
      const [width, height, left, bottom] = [420, 170, 46, 24];
      const all = [...check.ordered, ...check.random];
      const [low, high] = [Math.min(...all), Math.max(...all)];
      const x = (share) => left + share * (width - left - 8);
      const y = (value) => 8 + ((high - value) / (high - low || 1)) * (height - bottom - 12);
      const line = (values, name) => svg("polyline", { class: name,
        points: values.map((value, i) => `${x(check.fractions[i]).toFixed(1)},${y(value).toFixed(1)}`).join(" ") });
      const label = (text, at, down, anchor = "end") => {
        const element = svg("text", { x: at, y: down, "text-anchor": anchor });
        element.textContent = text;
        return element;
      };
      const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "curve", role: "img", "aria-label": this.words.trust },
        svg("path", { class: "axis", d: `M${left},8V${height - bottom}H${width - 8}` }), label(number(high), left - 5, 14),
        label(number(low), left - 5, height - bottom), label("0 %", left, height - 8, "middle"),
        label("100 %", width - 8, height - 8), line(check.random, "random"), line(check.ordered, "ordered"));
      return make("div", {}, picture, make("p", { class: "scale" }, make("i", { class: "ordered" }), this.words.ordered,
        make("i", { class: "random" }), this.words.random));
    }

    parts() {
      const shares = this.data.logit_attribution;
      if (!shares) return null;
      const some = this.chosen().map((n) => shares[n]);
      const sum = (pick) => some.reduce((total, share) => total + pick(share), 0);
      const rows = [[this.words.embedding, sum((s) => s.embedding)]];
      some[0].attention.forEach((_, l) => {
        rows.push([`${this.words.attentionOf} ${l + 1}`, sum((s) => s.attention[l])], [`MLP ${l + 1}`, sum((s) => s.mlp[l])]);
      });
      if (some.some((s) => s.shift !== 0)) rows.push([this.words.shift, sum((s) => s.shift)]);
      return this.card(this.words.parts, this.words.aboutParts(number(sum((s) => s.sum)), number(sum((s) => s.logit))),
        this.bars(rows));
    }

    lens() {
      const lens = this.data.logit_lens;
      if (!lens) return null;
      const head = make("tr", {}, make("th", {}), ...lens.map((_, n) => make("th", { class: this.token === n ? "chosen" : "" },
        make("button", { type: "button", "data-key": "l" + n, onclick: () => this.choose(n) }, this.name(n)))));
      const rows = lens[0].map((_, l) => make("tr", {}, make("th", {}, l === 0 ? this.words.embedding : this.words.layer(l)),
        ...lens.map((layers, n) => this.cell(layers[l], n)))).reverse();
      return this.card(this.words.lens, this.words.aboutLens, make("div", { class: "wide" }, make("table", { class: "lens" },
        make("thead", {}, head), make("tbody", {}, ...rows))));
    }

    cell(after, n) {
      const best = after.best[0];
      const title = after.best.map((guess) => `${shown(guess.text)}  ${percent(guess.probability)}`).join("\n")
        + `\n\n“${this.name(n)}”: ${percent(Math.exp(after.logprob))}, ${this.words.rank} ${after.rank}`;
      return make("td", { class: (after.rank === 1 ? "hit" : "") + (this.token === n ? " chosen" : ""), title,
        style: `--share:${Math.exp(after.logprob).toFixed(3)}` }, shown(best.text), make("small", {}, percent(best.probability)));
    }

    passages() {
      const nearest = this.data.training_passages;
      if (!nearest) return null;
      return this.card(this.words.passages, this.words.aboutPassages(nearest.compared, nearest.passages), make("ol", { class: "passages" },
        ...nearest.found.map((found) => make("li", {}, make("small", {}, `${number(found.similarity)} · ${found.source} #${found.document}`),
          make("div", {}, found.text)))));
    }

    card(title, about, ...content) {
      return make("section", {}, make("h2", {}, title), make("p", { class: "about" }, about), ...content.filter(Boolean));
    }
  }

  return {
    /** Shows an explanation in an element. @param language en or zh; without one, the browser's */
    mount(element, data, language) {
      const known = language ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
      return new View(element, data, known);
    },
  };
})();
