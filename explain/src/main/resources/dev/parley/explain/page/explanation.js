// Shows an explanation, as `parley explain --json` writes it, in any element:
//   ParleyExplanation.mount(document.getElementById("why"), data, "en");
// It needs explanation.css, words.js and drawing.js, and fetches nothing.
const ParleyExplanation = (() => {
  const { make, shown, number, signed, percent, bars, curves } = ParleyExplanationDrawing;
  const METHODS = ["occlusion", "integrated_gradients", "gradient_x_input", "rollout", "attention"];

  class View {
    constructor(root, data, language, asks) {
      this.root = root;
      this.data = data;
      this.asks = asks;
      this.words = ParleyExplanationWords[language] ?? ParleyExplanationWords.en;
      this.methods = METHODS.filter((method) => data.attributions.some((a) => a.method === method));
      this.method = this.methods.includes(asks.method) ? asks.method : this.methods[0];
      this.token = data.explained.length === 1 ? 0 : null; // number among the explained; null for all
      this.layer = null; // null for all
      this.head = null;
      this.withoutFirst = true;
      root.classList.add("parley-explanation");
      root.lang = language;
      this.draw();
    }

    set(changes) {
      Object.assign(this, changes);
      const focused = document.activeElement?.dataset?.key;
      this.draw();
      if (focused) this.focus(focused);
    }

    /** Gives the focus to what has a key. @return whether it is there */
    focus(key) {
      const found = this.root.querySelector(`[data-key="${key}"]`);
      found?.focus();
      return Boolean(found);
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

    /** Each token's score for some explained tokens: their sum, or their mean where it is a share; undefined where it has none. */
    scores(chosen = this.chosen()) {
      const sums = new Array(this.data.tokens.length);
      for (const n of chosen) {
        this.scoresOf(n).forEach((score, t) => (sums[t] = (sums[t] ?? 0) + score / (this.looks() ? chosen.length : 1)));
      }
      if (this.looks() && this.withoutFirst && sums[1] !== undefined) sums[0] = undefined;
      return sums;
    }

    written(score) {
      return this.looks() ? percent(score) : signed(score);
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
      const [before, between, after] = this.words.contrast;
      const asked = first.rather_than && make("p", { class: "contrast" }, before, make("b", {}, this.name(0)), between,
        make("b", {}, shown(first.rather_than.text)), after + ` (${signed(first.value)})`);
      const others = this.asks.alternatives ?? [];
      if (!others.length) return asked;
      const select = make("select", { "data-key": "contrast", onchange: (event) => this.asks.contrast(event.target.value) },
        make("option", { value: "" }, this.words.noContrast), ...others.map((other) => make("option",
          { value: other.id, selected: other.id === first.rather_than?.id }, shown(other.text))));
      return make("div", { class: "asked" }, asked, make("label", {}, this.words.askContrast(this.name(0)), " ", select));
    }

    text() {
      const numbers = new Map(this.data.explained.map((token, n) => [token.position, n]));
      const flow = make("div", { class: "flow" });
      const pieces = (this.pieces = []);
      this.data.tokens.forEach((token, t) => {
        if (t === this.data.prompt_tokens) flow.append(make("span", { class: "answer-mark" }, this.words.answer));
        pieces.push(this.piece(token, t, numbers.get(t)));
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
        piece.title = [scores[t] === undefined ? "" : `${this.words.methods[this.method]}: ${this.written(scores[t])}`, piece.dataset.about]
          .filter(Boolean).join(" · ");
      });
    }

    /** @param n number among the explained tokens, if it is one; pointing at it shows its sources, choosing it keeps them */
    piece(token, t, n) {
      if (n === undefined && !(this.asks.choose && t >= this.data.prompt_tokens)) {
        return make("span", { class: "piece", "data-about": `#${token.id}` }, shown(token.text));
      }
      const probability = n === undefined ? "" : `p = ${percent(Math.exp(this.data.explained[n].logprob))} · `;
      return make("button", { class: "piece said", type: "button", "data-key": this.asks.choose ? "p" + t : "t" + n,
        "aria-pressed": String(n !== undefined && this.token === n), "data-about": `${probability}#${token.id}`,
        onmouseenter: () => n !== undefined && this.paint([n]), onmouseleave: () => this.paint(), onclick: () => this.choose(t, n) },
      shown(token.text));
    }

    choose(t, n) {
      const again = n !== undefined && this.token === n;
      if (this.asks.choose) this.asks.choose(again ? null : t - this.data.prompt_tokens);
      else this.set({ token: again && this.data.explained.length > 1 ? null : n });
    }

    controls() {
      const row = make("div", { class: "controls" }, ...METHODS.map((method) => this.choice(method)).filter(Boolean));
      if (this.method === "attention" && this.data.attention) {
        row.append(this.select("layer", this.words.allLayers, this.words.layer, this.data.attention[0].length),
          this.select("head", this.words.allHeads, this.words.head, this.data.attention[0][0].length));
      }
      if (this.looks()) {
        row.append(make("label", { class: "tick" }, make("input", { type: "checkbox", checked: this.withoutFirst, "data-key": "first",
          onchange: (event) => this.set({ withoutFirst: event.target.checked }) }), " ", this.words.withoutFirst));
      }
      const missing = METHODS.filter((method) => this.data.impossible?.[method]).map((method) => this.words.methods[method]);
      const why = missing.length > 0 && make("p", { class: "hint" }, this.words.missing(missing.join(", ")));
      return make("div", {}, row, why);
    }

    /** A method to show; where it is not there yet, one to ask for. */
    choice(method) {
      const here = this.methods.includes(method);
      if (!here && (!this.asks.ask || this.data.impossible?.[method])) return null;
      return make("button", { type: "button", class: here ? "choice" : "choice wanted", "data-key": method,
        "aria-pressed": here && String(method === this.method), title: this.words.about[method],
        onclick: () => (here ? this.set({ method }) : this.asks.ask(method)) },
      here ? this.words.methods[method] : this.words.compute(this.words.methods[method]));
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
        bars(order.map((t) => [shown(this.data.tokens[t].text), scores[t], `${this.words.place} ${t + 1}`]), (score) => this.written(score)));
    }

    trust() {
      const attribution = this.method && this.attribution();
      if (!attribution) return null;
      const check = attribution.faithfulness;
      if (!check) {
        return this.asks.ask && this.card(this.words.trust, this.words.unchecked, this.button("check", this.words.check));
      }
      const verdict = check.area > 2 * check.random_deviation ? this.words.better : check.area > 0 ? this.words.unsure : this.words.worse;
      const complete = attribution.completeness;
      return this.card(this.words.trust, this.words.deletion(number(check.area), number(check.random_deviation),
        this.data.explained.length > 1),
      make("p", { class: "judgement" }, verdict), curves(check, this.words.trust), make("p", { class: "scale" },
        make("i", { class: "ordered" }), this.words.ordered, make("i", { class: "random" }), this.words.random),
      complete && make("p", {}, this.words.complete(percent(complete.worst_gap), complete.steps)));
    }

    button(analysis, words) {
      return make("button", { type: "button", class: "choice wanted", "data-key": analysis, onclick: () => this.asks.ask(analysis) }, words);
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
      return this.card(this.words.parts, this.words.aboutParts(number(sum((s) => s.sum)), number(sum((s) => s.logit))), bars(rows));
    }

    lens() {
      const lens = this.data.logit_lens;
      if (!lens) return null;
      const head = make("tr", {}, make("td", {}), ...lens.map((_, n) => make("th", { class: this.token === n ? "chosen" : "", scope: "col" },
        make("button", { type: "button", "data-key": "l" + n, onclick: () => this.choose(this.data.explained[n].position, n) },
          this.name(n)))));
      const rows = lens[0].map((_, l) => make("tr", {}, make("th", { scope: "row" }, l === 0 ? this.words.embedding : this.words.layer(l)),
        ...lens.map((layers, n) => this.cell(layers[l], n)))).reverse();
      return this.card(this.words.lens, this.words.aboutLens, make("div", { class: "wide", tabindex: 0, role: "group",
        "aria-label": this.words.lens }, make("table", { class: "lens" }, make("thead", {}, head), make("tbody", {}, ...rows))));
    }

    cell(after, n) {
      const best = after.best[0];
      const title = after.best.map((guess) => `${shown(guess.text)}  ${percent(guess.probability)}`).join("\n")
        + `\n\n“${this.name(n)}”: ${percent(Math.exp(after.logprob))}, ${this.words.rank} ${after.rank}`;
      return make("td", { class: (after.rank === 1 ? "hit" : "") + (this.token === n ? " chosen" : ""), title,
        style: { "--share": Math.exp(after.logprob).toFixed(3) } }, shown(best.text), make("small", {}, percent(best.probability)));
    }

    passages() {
      const nearest = this.data.training_passages;
      if (!nearest && !this.asks.ask) return null;
      const why = this.data.impossible?.training_passages;
      if (why) return this.card(this.words.passages, this.words.impossible[why]);
      if (!nearest) return this.card(this.words.passages, this.words.notCompared, this.button("training_passages", this.words.lookFor));
      return this.card(this.words.passages, this.words.aboutPassages(nearest.compared, nearest.passages), make("ol", { class: "passages" },
        ...nearest.found.map((found) => make("li", {}, make("small", {}, `${number(found.similarity)} · ${found.source} #${found.document}`),
          make("div", { tabindex: 0, role: "group", "aria-label": `${found.source} #${found.document}` }, found.text)))));
    }

    card(title, about, ...content) {
      return make("section", {}, make("h2", {}, title), make("p", { class: "about" }, about), ...content.filter(Boolean));
    }
  }

  return {
    /**
     * Shows an explanation in an element.
     * @param language en or zh; without one, the browser's
     * @param asks of a page that can have more computed: ask(analysis or "check"), choose(number of the answer's token, or null for all),
     *     contrast(id of a token, or "") with alternatives [{id, text}], and the method to begin with. What data.impossible names, with a
     *     code, is not offered.
     */
    mount(element, data, language, asks = {}) {
      const known = language ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
      return new View(element, data, known, asks);
    },
  };
})();
