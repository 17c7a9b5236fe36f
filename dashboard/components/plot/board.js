// A board: panels, sliders that move inside it, the line of text and the legend that go with them.
class Board {
  constructor(root) {
    this.root = root;
    this.page = location.pathname; // the next page may be in the address while this one still stands
    this.panels = [];
    this.values = {};
    this.marked = { point: null, near: [], hovered: null };
    this.tool = "pan";
    this.finger = matchMedia("(pointer: coarse)").matches;
    this.waiting = new Set();
    this.touched = new Set();
    this.sheets = new Map();
    this.lists = new Map();
    this.chosen = null;
    this.choice = 0;
    const make = (kind, parent, tag = "div") => {
      const element = document.createElement(tag);
      element.className = kind;
      parent.appendChild(element);
      return element;
    };
    this.box = make("es-board", root);
    this.sliders = make("es-sliders", this.box);
    this.text = make("es-text", this.box);
    this.beside = new Words(this);
    this.box.append(this.beside.lines);
    this.grid = make("es-grid", this.box);
    this.box.append(this.beside.lists);
    this.foot = make("es-foot", this.box);
    this.legend = make("es-legend", this.foot);
    this.tools = make("es-tools", this.foot);
    this.note = make("es-note", this.box);
    this.note.setAttribute("role", "status");
    this.box.setAttribute("role", "group");
    this.grid.addEventListener("pointermove", (event) => { this.pointer = event.pointerType === "mouse" && !event.buttons ? [event.clientX, event.clientY] : null; });
    this.grid.addEventListener("pointerleave", () => { this.pointer = null; });
    this.watch = new ResizeObserver(() => {
      if (this.box.clientWidth && this.box.clientWidth !== this.width) {
        this.width = this.box.clientWidth;
        for (const panel of this.panels) panel.resize();
      }
    });
    this.watch.observe(this.box);
    this.theme = new MutationObserver(() => this.repaint());
    for (let node = root; node; node = node.parentElement) this.theme.observe(node, { attributes: true, attributeFilter: ["style", "class"] });
  }

  async update(data, setState) {
    this.setState = setState;
    // An answer to an earlier move than the last one reported: the next answer is on its way.
    if (data.heard && this.reported && data.heard < this.reported) return;
    this.words = data.words;
    this.box.setAttribute("aria-label", data.alt);
    if (data.tool && data.tool !== this.tool && !this.chosenTool) this.tool = data.tool;
    if (data.url !== this.url) {
      this.url = data.url;
      try {
        const [answer] = await Promise.all([fetch(new URL(data.url, document.baseURI.replace(/[^/]*$/, ""))), loadPlotly()]);
        if (!answer.ok) throw new Error(await answer.text());
        const spec = answer.headers.get("content-type").includes("json") ? await answer.json() : unpacked(await answer.arrayBuffer());
        if (data.url !== this.url) return;
        await this.set(spec, data.values || {});
        this.note.textContent = "";
      } catch (error) {
        this.url = null;
        this.note.textContent = data.words.lost;
        return;
      }
    } else if (data.values) this.adopt(data.values);
    this.highlight(data.highlight);
    this.panels.forEach((panel, at) => panel.measure(data.meters?.[at]));
    if (data.live && data.live.seq !== this.seq) {
      this.seq = data.live.seq;
      const [x, y, z] = ["x", "y", "z"].map((name) => decode(data.live[name]));
      if (x) this.panels[0].move(x, y, z);
      if (data.live.lists) this.beside.live(data.live.lists);
      for (const curve of data.live.curves || []) {
        this.panels[curve.panel].plotly("restyle", { x: [decode(curve.x)], y: [decode(curve.y)] }, [curve.trace]);
      }
      for (const heat of data.live.heats || []) {
        this.panels[heat.panel].bind(new Map([[heat.trace, { z: rowsOf(decode(heat.values)) }]]));
      }
    }
    this.address(data.link);
    this.box.dataset.ready = data.url;
  }

  // Where the reader is, in the address: without a step in the browser's history, so that Back leaves the page.
  address(link) {
    if (!link || !this.box.isConnected || location.pathname !== this.page) return;
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(link)) url.searchParams.set(name, value);
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }

  // Values from a link or another control: taken once a change, so a slider under the finger is left alone.
  adopt(values) {
    const key = JSON.stringify(values);
    if (key === this.given) return;
    this.given = key;
    for (const [name, value] of Object.entries(values)) if (this.values[name] !== undefined) {
      this.setSlider(name, value);
      this.touched.delete(name);
    }
  }

  async set(spec, values) {
    const fresh = JSON.stringify(spec.sliders.map((s) => [s.name, s.low, s.high])) !== this.kind;
    this.kind = JSON.stringify(spec.sliders.map((s) => [s.name, s.low, s.high]));
    this.spec = spec;
    this.given = JSON.stringify(values);
    for (const panel of spec.panels) for (const trace of panel.data) if (trace.type === "heatmap") trace.z = decode(trace.z);
    const shared = (matrix) => (matrix.trace === undefined ? matrix : spec.panels[matrix.panel].data[matrix.trace].z);
    this.matrices = Object.fromEntries(Object.entries(spec.matrices).map(([name, matrix]) => [name, decode(shared(matrix))]));
    for (const slider of spec.sliders) {
      const here = this.values[slider.name] ?? slider.value;
      const asked = this.touched.has(slider.name) ? here : values[slider.name] ?? (fresh ? slider.value : here);
      this.values[slider.name] = Math.min(slider.high, Math.max(slider.low, asked));
    }
    this.grid.style.setProperty("--es-columns", spec.columns);
    this.grid.style.setProperty("--es-narrow", spec.narrow);
    while (this.panels.length > spec.panels.length) this.panels.pop().end();
    spec.panels.forEach((panel, index) => {
      if (this.panels[index] && this.panels[index].kind !== Panel.kind(panel)) { this.panels[index].end(); this.panels[index] = null; }
      if (this.panels[index]) this.panels[index].set(panel);
      else {
        this.panels[index] = new Panel(this, panel, index);
        this.grid.insertBefore(this.panels[index].outer, this.grid.children[index] || null);
      }
    });
    await this.loadSheets();
    this.shade();
    this.drawSliders();
    this.drawLegend();
    this.drawTools();
    this.beside.set(spec);
    const hovered = this.pointer ? this.marked.hovered : null;
    if (this.selecting()) this.marked = { point: this.values[this.selecting()], near: [], hovered: null };
    const rows = this.panels[0].x ? this.panels[0].x.length : 0;
    if (this.marked.point !== null && this.marked.point >= rows) this.marked = { point: null, near: [], hovered: null };
    this.marked.hovered = hovered < rows ? hovered : null;
    if (this.chosen && this.chosen.length !== rows) this.choose(null);
    this.painted = this.look();
    for (const panel of this.panels) await panel.show();
    this.follow(Object.keys(this.values));
    requestAnimationFrame(() => setTimeout(() => this.loadLabels())); // a million of them hold the browser up: once the picture is seen
    this.point();
  }

  // The pointer may rest while the picture under it is drawn anew: what lies there now is found as if it had moved.
  point() {
    if (!this.pointer) return;
    const [clientX, clientY] = this.pointer, under = document.elementFromPoint(clientX, clientY);
    if (!under || !this.grid.contains(under)) return;
    const given = { clientX, clientY, bubbles: true, view: window };
    under.dispatchEvent(new PointerEvent("pointermove", { ...given, pointerType: "mouse" }));
    under.dispatchEvent(new MouseEvent("mousemove", given));
  }

  // The labels of very many points come after the picture, once for all panels that share them.
  async loadLabels() {
    for (const panel of this.panels) {
      const { url } = panel.spec.labels || {};
      if (!url) continue;
      if (!this.lists.has(url)) {
        const answer = await fetch(new URL(url, document.baseURI.replace(/[^/]*$/, "")));
        if (answer.ok) this.lists.set(url, await answer.json());
      }
      if (panel.spec.labels.url === url) panel.labels = this.lists.get(url) || [];
      panel.overlay.draw();
    }
    const used = this.panels.map((panel) => panel.spec.labels?.url);
    for (const url of this.lists.keys()) if (!used.includes(url)) this.lists.delete(url);
    this.box.dataset.labels = this.url;
  }

  // The pictures from which sprites are cut, decoded before anything is drawn with them.
  async loadSheets() {
    const urls = this.spec.panels.filter((panel) => panel.sprites).map((panel) => panel.sprites.url);
    for (const url of this.sheets.keys()) if (!urls.includes(url)) this.sheets.delete(url);
    for (const url of urls) if (!this.sheets.has(url)) this.sheets.set(url, Object.assign(new Image(), { src: new URL(url, document.baseURI.replace(/[^/]*$/, "")).href }));
    await Promise.allSettled([...this.sheets.values()].map((image) => image.decode()));
  }

  // The name of the slider whose value is the selected row, if there is one.
  selecting() {
    return this.spec.sliders.find((slider) => slider.selects)?.name;
  }

  colors() {
    const style = getComputedStyle(this.box);
    const read = (name, or) => style.getPropertyValue(name).trim() || or;
    const text = read("--st-text-color", "#1e2227");
    const dark = /^#([0-9a-f]{2})/i.test(read("--st-background-color", "#fff")) && parseInt(read("--st-background-color", "#ffffff").slice(1, 3), 16) < 128;
    return {
      dark, text, font: style.fontFamily, ground: read("--st-background-color", "#fff"), card: read("--st-secondary-background-color", "#eee"),
      accent: read("--st-primary-color", "#1f5fa8"), muted: dark ? "#a8adb5" : "#5c6470", faded: dark ? "#8d939c" : "#777e88", grid: dark ? "#333a42" : "#dedad1",
      selected: dark ? "#ff8a3d" : "#b84300", neighbour: dark ? "#62b6ff" : "#005b94", far: dark ? "#f08fc0" : "#a8326f",
    };
  }

  // The reader's type size against Streamlit's ground size (present mode enlarges it).
  zoomType() {
    return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  }

  // Form controls follow the page's ground, not the system's.
  shade() {
    this.box.style.colorScheme = this.colors().dark ? "dark" : "light";
  }

  look() {
    return JSON.stringify(this.colors()) + this.zoomType();
  }

  repaint() {
    if (!this.spec) return;
    const key = this.look();
    if (key === this.painted) return;
    this.painted = key;
    this.shade();
    for (const panel of this.panels) panel.show();
  }

  highlight(given) {
    const next = given || { point: null, near: [] };
    const own = this.selecting(), point = own ? this.values[own] : next.point ?? null;
    this.marked.point = point;
    this.marked.near = point === (next.point ?? null) ? next.near || [] : [];
    this.marked.lines = next.lines;
    this.marked.arrows = next.arrows || [];
    this.marked.far = next.far || [];
    if (this.spec.brush && given) this.choose(given.chosen ? unpackedBits(given.chosen, this.panels[0].x.length) : null);
    if (this.spec.lit) this.light();
    for (const panel of this.panels) panel.mark();
    if (next.focus && next.focus !== this.focused) {
      this.focused = next.focus;
      if (next.focus.startsWith("all")) this.whole();
      else for (const panel of this.panels) panel.focus(point);
    }
  }

  // Every map as it was before the reader came nearer.
  whole() {
    for (const panel of this.panels.filter((each) => each.free())) {
      panel.zoomed = false;
      panel.plotly("relayout", panel.home());
    }
  }

  // The rows that a slider lights: one of them marked, the others beside it.
  light() {
    const { slider, rows, marked } = this.spec.lit, at = this.values[slider];
    const lit = Array.from(slice(this.matrices[rows], 0, at)).filter((row) => row >= 0);
    const [point] = marked ? slice(this.matrices[marked], 0, at) : [-1];
    this.marked = { ...this.marked, point: point >= 0 ? point : null, near: lit.filter((row) => row !== point), lines: false };
  }

  pick(row) {
    if (this.selecting()) {
      for (const panel of this.panels) panel.release();
      this.setSlider(this.selecting(), row);
      return this.report();
    }
    this.marked.point = row;
    this.marked.near = [];
    for (const panel of this.panels) panel.mark();
    this.clicks = (this.clicks || 0) + 1;
    this.setState("picked", { row, click: `${Date.now()}-${this.clicks}` });
  }

  // What a drag does. A finger scrolls the page until the reader asks to move the picture with it.
  dragging() {
    return this.tool === "lasso" ? "lasso" : this.finger && !this.moves ? false : this.tool;
  }

  handle() {
    for (const panel of this.panels) if (!panel.solid && panel.free()) panel.plotly("relayout", { dragmode: this.dragging() });
  }

  lasso(rows) {
    const many = rows.length > 20000 ? { bits: packedBits(rows, this.panels[0].x.length) } : { rows };
    this.setState("lasso", { ...many, board: this.url, at: this.stamp() });
    if (!this.spec.brush || !rows.length) return;
    const chosen = new Uint8Array(this.panels[0].x.length);
    for (const row of rows) chosen[row] = 1;
    this.choose(chosen);
  }

  // One brush over all panels: rows that are not chosen step back in each of them.
  choose(chosen) {
    if (!chosen && !this.chosen) return;
    if (chosen && this.chosen && chosen.length === this.chosen.length && chosen.every((one, row) => one === this.chosen[row])) return;
    this.chosen = chosen;
    this.choice++;
    for (const panel of this.panels) if (panel.colors) { panel.fade(); panel.overlay.draw(); }
  }

  hover(row) {
    if (this.marked.hovered === row) return;
    this.marked.hovered = row;
    for (const panel of this.panels) panel.overlay.draw();
  }

  // ---- sliders -------------------------------------------------------------
  // Sliders that are still there stay as they are, so that a finger or the keyboard keeps its hold.
  drawSliders() {
    const drawn = (sliders) => JSON.stringify(sliders.map(({ name, label, play }) => [name, label, Boolean(play)]));
    if (this.inputs && drawn(Object.values(this.inputs).map((entry) => entry.slider)) === drawn(this.spec.sliders)) {
      for (const slider of this.spec.sliders) {
        const entry = this.inputs[slider.name];
        entry.slider = slider;
        Object.assign(entry.input, { min: slider.low, max: slider.high, value: this.values[slider.name] });
      }
      return;
    }
    this.sliders.replaceChildren();
    this.inputs = {};
    for (const slider of this.spec.sliders) {
      const row = document.createElement("label");
      row.className = "es-slider";
      const name = Object.assign(document.createElement("span"), { className: "es-slider-name", textContent: slider.label });
      const input = Object.assign(document.createElement("input"), { type: "range", min: slider.low, max: slider.high, step: 1, value: this.values[slider.name] });
      input.setAttribute("aria-label", slider.label);
      input.dataset.slider = slider.name;
      const value = Object.assign(document.createElement("output"), { className: "es-slider-value" });
      input.addEventListener("input", () => this.setSlider(slider.name, Number(input.value)));
      input.addEventListener("change", () => this.report());
      row.append(name, input, value);
      if (slider.play) row.append(this.playButton(slider.name, input));
      this.sliders.append(row);
      this.inputs[slider.name] = { input, value, slider };
    }
    this.sliders.hidden = !this.spec.sliders.length;
  }

  playButton(name, input) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "es-tool", textContent: "▶" });
    button.setAttribute("aria-label", this.words.play);
    let timer = null;
    const stop = () => { clearInterval(timer); timer = null; button.textContent = "▶"; };
    button.addEventListener("click", () => {
      if (timer) {
        stop();
        return this.report();
      }
      const { low, high } = this.inputs[name].slider;
      if (this.values[name] >= high) this.setSlider(name, low);
      button.textContent = "❚❚";
      timer = setInterval(() => {
        if (!button.isConnected || this.values[name] >= this.inputs[name].slider.high) { stop(); this.report(); return; }
        this.setSlider(name, this.values[name] + 1);
      }, Math.max(60, 4000 / (high - low + 1)));
    });
    input.addEventListener("pointerdown", stop);
    return button;
  }

  setSlider(name, value) {
    const entry = this.inputs && this.inputs[name];
    if (!entry) return;
    const bounded = Math.min(entry.slider.high, Math.max(entry.slider.low, Math.round(value)));
    if (Number.isNaN(bounded) || bounded === this.values[name]) return;
    this.values[name] = bounded;
    this.waiting.add(name);
    this.touched.add(name);
    if (!this.frame) this.frame = requestAnimationFrame(() => {
      this.frame = null;
      const names = [...this.waiting];
      this.waiting.clear();
      this.follow(names);
    });
  }

  // Everything bound to these sliders moves: traces, crosshairs, and then, so that a frame is laid out once, the words.
  follow(names) {
    const own = this.selecting(), lights = this.spec.lit && names.includes(this.spec.lit.slider);
    const selects = own && names.includes(own) && this.marked.point !== this.values[own];
    if (selects) this.marked = { ...this.marked, point: this.values[own], near: [] };
    if (lights) this.light();
    const changes = new Map();
    for (const binding of this.spec.bindings) {
      const used = [binding.control, binding.within, ...(binding.cell || [])].filter(Boolean);
      if (!used.some((name) => names.includes(name))) continue;
      if (!changes.has(binding.panel)) changes.set(binding.panel, new Map());
      const traces = changes.get(binding.panel);
      if (!traces.has(binding.trace)) traces.set(binding.trace, {});
      traces.get(binding.trace)[binding.attr] = this.bound(binding);
    }
    for (const [index, traces] of changes) this.panels[index].bind(traces);
    for (const panel of this.panels) {
      if (selects || lights) panel.mark();
      else if (panel.follows(names) || changes.has(panel.index)) panel.overlay.draw();
    }
    this.write(names);
  }

  // The words that follow these sliders: their values, lists, the line of text.
  write(names) {
    for (const name of names) {
      const { input, value, slider } = this.inputs[name] || {};
      if (!input) continue;
      input.value = this.values[name];
      input.style.setProperty("--es-at", `${(100 * (this.values[name] - slider.low)) / Math.max(1, slider.high - slider.low)}%`);
      value.textContent = slider.labels && slider.labels.length ? plainText(slider.labels[this.values[name] - slider.low], 20) : this.values[name];
    }
    this.beside.follow(names);
    if (this.spec.text.length) this.text.replaceChildren(...this.spec.text.map((part) => this.part(part)));
    this.text.hidden = !this.spec.text.length;
    this.repaints = (this.repaints || 0) + 1;
    this.box.dataset.repaints = this.repaints;
  }

  bound(binding) {
    if (binding.choices) return binding.choices[this.values[binding.control]];
    const matrix = binding.matrix && this.matrices[binding.matrix];
    if (binding.cell) return [cell(matrix, binding.cell.map((name) => this.values[name]))];
    if (!matrix) return [this.values[binding.control]];
    const values = slice(binding.within ? layer(matrix, this.values[binding.within]) : matrix, binding.axis, this.values[binding.control]);
    const part = binding.every ? every(values, binding.every) : values;
    return binding.scale ? Float32Array.from(part, (value) => value * binding.scale) : part;
  }

  number(given) {
    if (typeof given === "number") return given;
    if (given.op) return OPERATIONS[given.op](...given.of.map((inner) => this.number(inner)));
    if (given.matrix) return cell(this.matrices[given.matrix], given.cell.map((name) => this.values[name]));
    return this.values[given.value];
  }

  part(part) {
    if (typeof part === "string") return document.createTextNode(part);
    const span = document.createElement(part.sup ? "sup" : part.sub ? "sub" : "span");
    const fill = (parts) => span.append(...parts.map((inner) => this.part(inner)));
    if (part.sup) fill(part.sup);
    else if (part.sub) fill(part.sub);
    else if (part.parity) fill(this.values[part.parity] % 2 ? part.odd : part.even);
    else if (part.label) {
      const { slider } = this.inputs[part.label];
      span.textContent = plainText(slider.labels[this.values[part.label] - slider.low] ?? "", 24);
      span.className = "es-number";
    } else if (part.choose) fill(part.of[this.number(part.choose)] || []);
    else if (part.number) {
      const value = this.number(part.number) ?? NaN;
      const written = part.significant ? String(Number(value.toPrecision(part.significant))) : value.toFixed(part.digits ?? 0);
      span.textContent = Number.isFinite(value) ? written.replace(/-/g, "−") : "–";
      span.className = "es-number";
    } else if (part.value) { span.textContent = this.values[part.value]; span.className = "es-number"; }
    else if (part.matrix) {
      span.textContent = Number(cell(this.matrices[part.matrix], part.cell.map((name) => this.values[name]))).toFixed(part.digits ?? 4).replace("-", "−");
      span.className = "es-number";
    }
    return span;
  }

  // Tell the server where the sliders stand, on which board, and when.
  report() {
    this.given = JSON.stringify(this.values);
    this.touched.clear();
    this.reported = this.stamp();
    this.setState("sliders", { ...this.values, board: this.url, at: this.reported });
  }

  // Texts that grow: a later one compares greater.
  stamp() {
    this.stamps = (this.stamps || 0) + 1;
    return `${Date.now()}-${String(this.stamps).padStart(6, "0")}`;
  }

  // ---- legend and tools ----------------------------------------------------
  // The colour bars of the panels, each once.
  gauges() {
    const all = this.panels.map((each) => each.spec.gauge).filter(Boolean);
    return all.filter((each, at) => all.findIndex((other) => other.title === each.title) === at);
  }

  drawLegend() {
    this.legend.replaceChildren();
    const panel = this.panels[0];
    const groups = panel && panel.spec.groups, gauges = this.gauges();
    this.legend.hidden = !groups && !gauges.length;
    for (const gauge of gauges) this.legend.append(colorBar(gauge));
    if (!groups) return;
    groups.names.forEach((name, code) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", className: "es-chip" });
      const dot = Object.assign(document.createElement("i"), { className: "es-dot" });
      dot.style.background = groups.colors[code];
      chip.append(dot, document.createTextNode(plainText(name, 24)));
      chip.title = this.words.only;
      chip.addEventListener("click", () => this.switch(panel.off.has(code) ? [...panel.off].filter((other) => other !== code) : [...panel.off, code]));
      chip.addEventListener("dblclick", () => {
        const others = groups.names.map((_, other) => other).filter((other) => other !== code), alone = others.every((other) => panel.off.has(other));
        this.switch(alone ? [] : others);
      });
      this.legend.append(chip);
    });
    const names = JSON.stringify(groups.names), off = names === this.named ? [...panel.off] : []; // other groups: none is off
    this.named = names;
    this.switch(off);
  }

  // These groups step back, in every panel.
  switch(off) {
    const same = this.panels.every((each) => each.off.size === off.length && off.every((code) => each.off.has(code)));
    [...this.legend.querySelectorAll(".es-chip")].forEach((chip, code) => chip.setAttribute("aria-pressed", String(!off.includes(code))));
    if (same) return;
    for (const each of this.panels) {
      each.off = new Set(off);
      if (each.colors) { each.fade(); each.overlay.draw(); }
    }
  }

  drawTools() {
    this.tools.replaceChildren();
    if (this.spec.bare) return;
    const add = (label, run, pressed) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "es-tool", textContent: label });
      if (pressed !== undefined) button.setAttribute("aria-pressed", String(pressed));
      button.addEventListener("click", () => run(button));
      this.tools.append(button);
    };
    const flat = this.panels.some((panel) => panel.base && !panel.solid);
    if ((flat || this.spec.brush) && this.panels.some((panel) => panel.labels.length > 1 || panel.spec.labels.url)) add(this.words.lasso, (button) => {
      this.tool = this.tool === "lasso" ? "pan" : "lasso";
      this.chosenTool = true;
      button.setAttribute("aria-pressed", String(this.tool === "lasso"));
      this.handle();
    }, this.tool === "lasso");
    if (flat && this.finger && this.panels.some((panel) => panel.free())) add(this.words.move, (button) => {
      this.moves = !this.moves;
      button.setAttribute("aria-pressed", String(this.moves));
      this.handle();
    }, Boolean(this.moves));
    if (this.panels.some((panel) => panel.free())) add(this.words.reset, () => this.whole());
    add("PNG", () => save(this, "png"));
    add("SVG", () => save(this, "svg"));
    add("HTML", () => save(this, "html"));
    add(this.words.link, async (button) => {
      try {
        await navigator.clipboard.writeText(location.href);
        button.textContent = this.words.copied;
        setTimeout(() => { button.textContent = this.words.link; }, 1500);
      } catch (refused) {
        prompt(this.words.link, location.href);
      }
    });
  }

  end() {
    this.watch.disconnect();
    this.theme.disconnect();
    for (const panel of this.panels) panel.end();
    this.box.remove();
  }
}

export default function (component) {
  const { parentElement, setStateValue } = component, data = JSON.parse(component.data.json);
  if (!parentElement.__embedscope) parentElement.__embedscope = new Board(parentElement);
  const board = parentElement.__embedscope;
  board.queue = (board.queue || Promise.resolve()).then(() => board.update(data, setStateValue)).catch((error) => console.error(error));
  return () => { board.end(); parentElement.__embedscope = null; };
}
