// One Plotly figure of a board with its overlay. Zoom and camera belong to the reader: a new
// figure of the same kind keeps them (uirevision), highlights never touch the figure.
const EYE = { x: 1.05, y: 1.05, z: 1.05 }; // where the camera stands at first: the points fill the picture
const BACK = { x: 1.32, y: 1.32, z: 1.12 }; // and where the axes have names: these are seen whole

class Panel {
  constructor(board, spec, index) {
    this.board = board;
    this.index = index;
    const make = (kind) => Object.assign(document.createElement("div"), { className: kind });
    this.outer = make("es-panel");
    this.title = make("es-panel-title");
    this.frame = make("es-holder");
    this.gd = make("es-figure");
    this.frame.append(this.gd);
    this.meter = make("es-meter");
    this.meter.hidden = true;
    this.outer.append(this.title, this.frame, this.meter);
    this.overlay = new Overlay(this);
    this.off = new Set();
    this.over = new AbortController();
    this.listening = false;
    this.set(spec);
    this.brush = new Brush(this);
  }

  // Panels of one kind can follow each other in one place.
  static kind(spec) {
    const base = spec.points === null || spec.points === undefined ? null : spec.data[spec.points];
    return base && base.type === "scatter3d" ? "solid" : spec.raster ? "raster" : "flat";
  }

  set(spec) {
    this.spec = spec;
    const { labels = [] } = spec;
    this.labels = Array.isArray(labels) ? labels : this.board.lists.get(labels.url) || [];
    this.moved = {};
    this.dials = spec.dials ? new Dials(this) : null;
    if (spec.groups && spec.groups.codes.bdata !== undefined) spec.groups.codes = decode(spec.groups.codes);
    spec.order = decode(spec.order);
    this.title.textContent = spec.title || "";
    this.title.hidden = !spec.title;
    this.outer.classList.toggle("es-wide", Boolean(spec.wide));
    this.outer.style.setProperty("--es-span", spec.span || 1);
    for (const trace of spec.data) for (const name of ["x", "y", "z"]) {
      if (trace.type !== "heatmap" && trace.type !== "surface") trace[name] = decode(trace[name]);
    }
    this.cells = new Map(spec.data.flatMap((trace, k) => (Cells.paints(spec, trace) ? [[k, new Cells(trace)]] : [])));
    spec.data.forEach((trace, k) => { if (trace.type === "heatmap" && trace.z?.shape) trace.z = this.cells.has(k) ? null : rowsOf(trace.z); });
    const base = spec.points === null || spec.points === undefined ? null : spec.data[spec.points];
    if (base && base.marker) base.marker = { ...base.marker, size: decode(base.marker.size), color: decode(base.marker.color) };
    this.base = base;
    this.kind = Panel.kind(spec);
    this.solid = this.kind === "solid";
    this.raster = this.kind === "raster" ? this.raster || new Raster(this) : null;
    this.raster?.changed();
    this.faintKey = this.inked = null;
    this.faded = false;
    this.x = base ? base.x : null;
    this.y = base ? base.y : null;
    if (base && labels.url) base.hoverinfo = "none"; // the overlay writes the label of the row under the pointer
    else if (base && this.labels.length && !this.raster) {
      const { groups } = spec;
      base.text = this.labels.map((label, k) => {
        const name = groups && groups.names[groups.codes[k]];
        return hoverText(label) + (name ? " · " + hoverText(name) : "");
      });
      if (spec.tile && spec.showLabels) base.hoverinfo = "none"; // the overlay writes the label of the tile itself
      else base.hovertemplate = "%{text}<extra></extra>";
    }
  }

  // The bar under the picture: a share, and a mark where chance would be.
  measure(meter) {
    this.meter.hidden = !meter;
    if (!meter) return;
    const make = (tag, given, style = {}) => { const one = Object.assign(document.createElement(tag), given); Object.assign(one.style, style); return one; };
    const place = (share) => `${100 * Math.min(1, Math.max(0, share))}%`;
    const bar = make("span", { className: "es-meter-bar" });
    bar.append(make("i", {}, { width: place(meter.share) }), make("b", {}, { left: place(meter.chance) }));
    this.meter.replaceChildren(bar, make("span", { textContent: meter.text }));
    this.meter.title = meter.about;
    this.meter.setAttribute("role", "img");
    this.meter.setAttribute("aria-label", `${meter.text} ${meter.about}`);
  }

  hidden(row) {
    const faint = this.faintness();
    return Boolean(faint && faint[row]);
  }

  // 1 for every row that steps back: of a group switched off in the legend, or not among the chosen; null when none does.
  faintness() {
    const { chosen, choice } = this.board, codes = this.off.size && this.spec.groups ? this.spec.groups.codes : null;
    if (!this.x || (!chosen && !codes)) return null;
    const key = `${choice} ${[...this.off]} ${this.x.length}`;
    if (this.faintKey === key) return this.faint;
    const faint = new Uint8Array(this.x.length);
    for (let row = 0; row < faint.length; row++) faint[row] = Number(Boolean(chosen && !chosen[row]) || Boolean(codes && this.off.has(codes[row])));
    this.faintKey = key;
    this.faint = faint;
    return faint;
  }

  // What a row is beside its label: its group, or its number on the colour bar.
  about(row) {
    const { groups, gauge } = this.spec;
    if (groups) return groups.names[groups.codes[row]] || "";
    const value = gauge ? this.base.marker.color[row] : NaN;
    return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "";
  }

  // The colour of every row, or of all.
  tints() {
    const { groups, gauge } = this.spec, { color } = this.base.marker;
    if (groups) return Array.from(groups.codes, (code) => groups.colors[code]);
    if (gauge) {
      const steps = gauge.colors.map((one) => channels(one));
      return Array.from(color, (value) => gradient(steps, (value - gauge.low) / (gauge.high - gauge.low || 1)));
    }
    return [typeof color === "string" ? color : this.colors.neighbour];
  }

  // The same as pixels of a raster.
  inks() {
    if (this.inked) return this.inked;
    const { groups } = this.spec;
    const table = groups ? groups.colors.map((one) => packed(channels(one))) : null;
    this.inked = table ? Uint32Array.from(groups.codes, (code) => table[code]) : Uint32Array.from(this.tints(), (one) => packed(channels(one)));
    return this.inked;
  }

  // Whether anything drawn over the panel follows one of these sliders.
  follows(names) {
    const { cross, dials, sprites } = this.spec;
    return [...(cross || []), ...(dials ? [dials.row, dials.mark] : []), sprites?.slider].some((name) => names.includes(name));
  }

  // The reader may zoom and pan it.
  free() {
    return !this.spec.cross && !this.spec.dials && (!this.spec.fast || this.spec.zoom);
  }

  height() {
    if (this.spec.fixed) return this.spec.height;
    const width = this.outer.clientWidth || 400;
    if (this.spec.aspect) return Math.round(Math.min(this.spec.height, width * this.spec.aspect));
    return Math.round(Math.min(this.spec.height, this.room(), Math.max(220, width * (this.spec.cross ? 0.75 : 1.02))));
  }

  // Before a projector one large picture is seen whole, with what stands under it.
  room() {
    const zoom = this.board.zoomType();
    return zoom > 1 && this.board.spec?.panels.length === 1 ? Math.max(320, window.innerHeight - 265 * zoom) : Infinity;
  }

  layout() {
    const { colors } = this;
    const axis = { color: colors.muted, gridcolor: colors.grid, zerolinecolor: colors.grid, linecolor: colors.grid };
    const given = enlarged(this.spec.layout, this.board.zoomType());
    const layout = {
      margin: { l: 8, r: 8, t: 8, b: 8 }, showlegend: false, dragmode: this.free() ? this.board.dragging() : false, hovermode: "closest",
      ...given,
      height: this.height(), autosize: true, uirevision: given.uirevision || "keep", paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: colors.font, size: 13 * this.board.zoomType(), color: colors.text, ...(given.font || {}) },
      hoverlabel: { bgcolor: colors.card, bordercolor: colors.grid, font: { color: colors.text, family: colors.font } },
    };
    for (const name of Object.keys(given)) if (/^[xy]axis\d*$/.test(name)) layout[name] = { ...axis, ...given[name] };
    layout.xaxis = { ...axis, ...(given.xaxis || {}) };
    layout.yaxis = { ...axis, ...(given.yaxis || {}) };
    if (this.spec.square) { layout.yaxis.scaleanchor = "x"; layout.yaxis.scaleratio = 1; }
    if (given.scene) {
      const three = { color: colors.muted, gridcolor: colors.grid, zerolinecolor: colors.grid, backgroundcolor: "rgba(0,0,0,0)", showspikes: false };
      const scene = { dragmode: "orbit", camera: this.camera(), ...given.scene };
      for (const name of ["xaxis", "yaxis", "zaxis"]) {
        const { title, ...own } = given.scene[name] || {}, size = 11 * this.board.zoomType();
        scene[name] = { ...three, tickfont: { size }, ...own, ...(this.named() ? { title: { ...title, font: { size: 1.1 * size } } } : { title: { text: "" }, showticklabels: false }) };
      }
      layout.scene = scene;
      layout.dragmode = "orbit";
    }
    return layout;
  }

  traces() {
    const bound = this.bound();
    return this.spec.data.map((trace, k) => (this.raster && trace === this.base ? { ...trace, x: [null], y: [null], marker: {}, hoverinfo: "skip" } : this.cells.has(k) ? { type: "scatter", visible: false } : bound.has(k) ? { ...trace, ...this.unseen(trace) } : trace === this.base ? this.edged(trace) : trace));
  }

  // Points get a thin edge against the ground: dark colours are seen on dark, light ones on light.
  edged(trace) {
    if (!trace.marker?.line?.width) return trace;
    return { ...trace, marker: { ...trace.marker, line: { width: this.colors.dark ? 0.9 : 0.5, color: this.edges() } } };
  }

  // The colour of that edge, for each row where groups colour them: a strong one only where the ground would swallow it.
  edges() {
    const { dark } = this.colors, { groups } = this.spec;
    const [strong, soft] = dark ? ["rgba(255, 255, 255, 0.6)", "rgba(255, 255, 255, 0.14)"] : ["rgba(50, 50, 50, 0.45)", "rgba(50, 50, 50, 0.25)"];
    if (!groups) return strong;
    const table = groups.colors.map((color) => {
      const [red, green, blue] = channels(color), light = 0.3 * red + 0.59 * green + 0.11 * blue;
      return (dark ? light < 90 : light > 170) ? strong : this.solid ? `rgb(${red}, ${green}, ${blue})` : soft; // in space an edge is opaque
    });
    return Array.from(groups.codes, (code) => table[code]);
  }

  async show() {
    this.colors = this.board.colors();
    this.type = parseFloat(getComputedStyle(this.frame).fontSize) || 15;
    const config = { displayModeBar: false, responsive: false, scrollZoom: this.free() && this.spec.wheel !== false, doubleClick: false, displaylogo: false, staticPlot: false };
    const traces = this.traces(), layout = this.layout();
    // Axes on which the overlay alone draws are left as they are while nothing about them changes.
    const axes = traces.every(({ visible, x, y }) => visible === false && !(Math.max(x?.length ?? 0, y?.length ?? 0) > 2000));
    const frame = axes ? JSON.stringify([traces, layout]) : null;
    if (!frame || frame !== this.framed) await this.plotly("react", traces, layout, config);
    this.framed = frame;
    if (this.ended) return;
    this.overlay.under(this.gd._fullLayout?._toppaper?.node());
    if (!this.listening) this.listen();
    this.fade();
    this.mark();
  }

  listen() {
    this.listening = true;
    const own = (event) => (event && event.points || []).filter((p) => p.curveNumber === this.spec.points);
    const row = (p) => (p.pointIndex !== undefined ? p.pointIndex : p.pointNumber);
    const flat = (r) => (Array.isArray(r) ? r[0] : r);
    this.gd.on("plotly_click", (event) => {
      const hit = own(event)[0];
      if (hit) this.board.pick(flat(row(hit)));
    });
    this.gd.on("plotly_hover", (event) => {
      const hit = own(event)[0];
      if (hit) this.board.hover(flat(row(hit)));
    });
    this.gd.on("plotly_unhover", () => { if (!this.raster) this.board.hover(null); });
    this.raster?.listen();
    this.twice();
    this.gd.on("plotly_selected", (event) => {
      if (event) this.board.lasso(this.base?.mode === "none" ? this.within(event) : own(event).map((p) => flat(row(p))));
    });
    this.gd.on("plotly_deselect", () => this.board.lasso([]));
    this.gd.on("plotly_afterplot", () => this.overlay.draw());
    this.gd.on("plotly_relayouting", () => this.overlay.draw());
    this.gd.on("plotly_relayout", (change) => {
      if (!this.moving && change && Object.keys(change).some((name) => name.includes("range"))) this.zoomed = !change["xaxis.autorange"];
      this.overlay.draw();
    });
    if (this.spec.cross) this.dragCross();
    if (this.dials) this.dials.listen(this);
  }

  // Two clicks in one place on empty ground show the whole again; two quick clicks on points are two questions.
  twice() {
    let last = [0, 0], before = last;
    this.gd.addEventListener("pointerdown", (event) => { before = last; last = [event.clientX, event.clientY]; }, true);
    this.gd.on("plotly_doubleclick", () => {
      const still = Math.hypot(last[0] - before[0], last[1] - before[1]) < 6;
      if (still && this.board.marked.hovered === null && this.free() && !this.solid) { this.zoomed = false; this.plotly("relayout", this.home()); }
    });
  }

  // Rows inside the lasso, for points that Plotly does not draw and so does not select.
  within({ lassoPoints: lasso }) {
    if (!lasso) return [];
    const line = Array.from(lasso.x, (x, k) => [x, lasso.y[k]]);
    return Array.from(this.x, (_, row) => row).filter((row) => enclosed(this.x[row], this.y[row], line));
  }

  dragCross() {
    const move = (event) => {
      const box = this.gd.getBoundingClientRect();
      const { xaxis, yaxis } = this.gd._fullLayout;
      const [sx, sy] = this.spec.cross;
      if (sx) this.board.setSlider(sx, xaxis.p2l(event.clientX - box.left - xaxis._offset));
      if (sy) this.board.setSlider(sy, yaxis.p2l(event.clientY - box.top - yaxis._offset));
    };
    const [sx, sy] = this.spec.cross;
    this.gd.style.touchAction = sx && sy ? "none" : sx ? "pan-y" : "pan-x";
    this.gd.style.cursor = "crosshair";
    this.gd.addEventListener("pointerdown", (event) => { this.dragging = true; this.gd.setPointerCapture(event.pointerId); move(event); });
    this.gd.addEventListener("pointermove", (event) => { if (this.dragging) move(event); });
    for (const end of ["pointerup", "pointercancel"]) this.gd.addEventListener(end, () => {
      if (this.dragging) { this.dragging = false; this.board.report(); }
    });
  }

  // What steps back turns grey; it stays where it is.
  fade() {
    const faint = this.base ? this.faintness() : null;
    if (this.raster) this.raster.changed(false);
    else if (!this.spec.sprites && (faint || this.faded)) {
      const grey = this.colors.dark ? "rgba(110, 116, 124, 0.25)" : "rgba(140, 146, 154, 0.22)", tints = faint && this.tints();
      const color = faint ? Array.from(faint, (out, row) => (out ? grey : tints[row % tints.length])) : this.base.marker.color;
      const edges = this.edges(), edge = faint ? Array.from(faint, (out, row) => (out ? "rgba(0, 0, 0, 0)" : Array.isArray(edges) ? edges[row] : edges)) : edges;
      this.plotly("restyle", { "marker.color": [color], ...(this.base.marker.line?.width && { "marker.line.color": [edge] }) }, [this.spec.points]);
    }
    this.faded = Boolean(faint);
  }

  mark() {
    if (this.base) this.reveal(this.board.marked.point);
    this.overlay.draw();
  }

  // Take the lasso's outline away.
  release() {
    if (this.gd.layout?.selections?.length) this.plotly("relayout", { selections: [] });
  }

  // Whether the axes of a picture in space have names, and room for them.
  named() {
    return Boolean(this.spec.layout.scene?.xaxis?.title?.text) && this.outer.clientWidth >= 320;
  }

  // Where the camera of a picture in space stands at first.
  camera() {
    return this.named() ? { eye: BACK, center: { x: 0, y: 0, z: -0.12 } } : { eye: EYE };
  }

  // The view as it was at first.
  home() {
    if (this.solid) return { "scene.camera": this.camera() };
    const { xaxis = {}, yaxis = {} } = this.spec.layout;
    const first = (name, axis) => (axis.range ? { [`${name}.range`]: axis.range.slice() } : { [`${name}.autorange`]: axis.autorange ?? true });
    return { ...first("xaxis", xaxis), ...first("yaxis", yaxis) };
  }

  // Move the view of a following panel up or down until the row is in it.
  reveal(row) {
    const axis = this.spec.follow && this.gd._fullLayout?.yaxis;
    if (!axis || row === null || row >= this.y.length) return;
    const half = (this.spec.tile || [0, 0])[1] / 2, low = Math.min(...axis.range), high = Math.max(...axis.range);
    const shift = Math.min(0, this.y[row] - half - low) || Math.max(0, this.y[row] + half - high);
    if (shift) this.plotly("relayout", { "yaxis.range": axis.range.map((end) => end + shift) });
  }

  // Bring a row to the middle of the picture, close enough to tell it from its neighbours.
  focus(row) {
    if (!this.base || this.solid || row === null || row >= this.x.length) return;
    const range = {};
    for (const [name, values] of [["xaxis", this.x], ["yaxis", this.y]]) {
      let low = Infinity, high = -Infinity;
      for (const value of values) { if (value < low) low = value; if (value > high) high = value; }
      const half = ((high - low) || 1) * 0.16;
      range[name + ".range"] = [values[row] - half, values[row] + half];
    }
    this.zoomed = true;
    this.plotly("relayout", range);
  }

  // New coordinates of the same rows: ease there within 150 ms, or at once for readers who ask for calm.
  move(x, y, z) {
    if (!this.base) return;
    const from = [this.x, this.y], to = [x, y];
    this.raster?.changed();
    const same = !this.solid && !this.raster && this.x && this.x.length === x.length && !calmMotion() && x.length <= 5000;
    cancelAnimationFrame(this.motion);
    if (!same) return this.put(x, y, z);
    const began = performance.now();
    const tick = (now) => {
      const t = Math.min(1, (now - began) / 150), ease = t * (2 - t);
      const mix = (a, b) => (t === 1 ? b : Float32Array.from(b, (value, k) => a[k] + (value - a[k]) * ease));
      this.put(mix(from[0], to[0]), mix(from[1], to[1]));
      if (t < 1) this.motion = requestAnimationFrame(tick);
    };
    this.motion = requestAnimationFrame(tick);
  }

  put(x, y, z) {
    this.x = this.base.x = x;
    this.y = this.base.y = y;
    const change = { x: [x], y: [y] };
    if (z) { this.base.z = z; change.z = [z]; }
    const view = {};
    if (!this.solid && !this.zoomed) Object.assign(view, this.bounds(x, y));
    this.moving = true;
    const told = this.raster ? this.plotly("relayout", view) : this.plotly("update", change, view, [this.spec.points]);
    told.then(() => { this.moving = false; this.mark(); });
  }

  // Under the finger the points are drawn over the figure, on its axes as they are, so that a map is seen to
  // grow; the figure is brought up to date once they rest. The board draws the overlay.
  glide(x, y) {
    if (!this.gliding && x.every((value, row) => value === this.x[row] && y[row] === this.y[row])) return;
    this.x = this.base.x = x;
    this.y = this.base.y = y;
    if (this.raster) return this.raster.changed();
    this.gliding = true;
    this.frame.classList.add("es-gliding");
    clearTimeout(this.landing);
    this.landing = setTimeout(() => this.land(), 250);
  }

  async land() {
    this.moving = true;
    await this.plotly("restyle", { x: [this.x], y: [this.y] }, [this.spec.points]);
    this.moving = false;
    this.gliding = false;
    this.frame.classList.remove("es-gliding");
    this.overlay.draw();
  }

  // Ranges that hold every point with a margin; they only ever grow, so that the picture does not breathe.
  bounds(x, y) {
    const out = {}, pad = 0.06;
    for (const [name, values] of [["xaxis", x], ["yaxis", y]]) {
      let low = Infinity, high = -Infinity;
      for (const value of values) { if (value < low) low = value; if (value > high) high = value; }
      const room = pad * ((high - low) || 1), now = this.gd._fullLayout[name].range;
      if (low < now[0] || high > now[1]) out[name + ".range"] = [Math.min(low - room, now[0]), Math.max(high + room, now[1])];
    }
    return out;
  }

  // In a fast panel, the traces that sliders move: the overlay draws them and Plotly does not.
  bound() {
    if (!this.spec.fast) return new Set();
    return new Set(this.board.spec.bindings.filter((binding) => binding.panel === this.index).map((binding) => binding.trace));
  }

  // What Plotly is told of a trace that the overlay draws: nothing, or enough to be pointed at.
  unseen(trace) {
    return trace.hovertemplate ? { opacity: 0 } : { visible: false };
  }

  // The values under a pointer follow once the slider rests.
  settle() {
    clearTimeout(this.settling);
    const indices = Object.keys(this.moved).map(Number).filter((index) => this.spec.data[index].hovertemplate);
    if (indices.length) this.settling = setTimeout(() => {
      for (const name of ["x", "y"]) {
        const having = indices.filter((index) => this.moved[index]?.[name]);
        if (having.length) this.plotly("restyle", { [name]: having.map((index) => this.moved[index][name]) }, having);
      }
    }, 250);
  }

  // The palette's colours of the selected and its neighbours, as this ground needs them.
  toned(trace) {
    const tones = { "#B84300": this.colors.selected, "#005B94": this.colors.neighbour };
    const toned = { ...trace };
    for (const style of ["line", "marker"]) if (trace[style]) toned[style] = { ...trace[style], color: tones[trace[style].color] || trace[style].color };
    return toned;
  }

  series() {
    return [...this.bound()].map((index) => this.toned({ ...this.spec.data[index], ...this.moved[index] }));
  }

  // The traces as they stand, for an exported file.
  written() {
    const bound = this.bound();
    return this.gd.data.map((trace, index) => {
      if (this.cells.has(index)) return { ...this.spec.data[index], z: this.cells.get(index).rows };
      return bound.has(index) ? this.toned({ ...trace, ...this.moved[index], visible: true, opacity: 1 }) : trace;
    });
  }

  // Values that follow a slider. Only the traces named are touched.
  bind(traces) {
    const base = traces.get(this.spec.points);
    if (base && base.x && base.y && this.base) {
      traces.delete(this.spec.points);
      if (this.solid) this.put(base.x, base.y, base.z);
      else this.glide(base.x, base.y);
    }
    for (const [index, { z }] of [...traces]) if (z && this.cells.has(index)) {
      this.cells.get(index).set(z);
      traces.delete(index);
      this.overlay.draw();
    }
    if (!traces.size) return;
    if (this.spec.fast) {
      for (const [index, attributes] of traces) Object.assign((this.moved[index] ||= {}), attributes);
      return this.settle();
    }
    const indices = [...traces.keys()];
    const names = new Set(indices.flatMap((index) => Object.keys(traces.get(index))));
    if (indices.every((index) => Object.keys(traces.get(index)).length === names.size)) {
      const change = [...names].map((name) => [name, indices.map((index) => traces.get(index)[name])]);
      this.plotly("restyle", Object.fromEntries(change), indices);
      return;
    }
    for (const name of names) {
      const having = indices.filter((index) => name in traces.get(index));
      this.plotly("restyle", { [name]: having.map((index) => traces.get(index)[name]) }, having);
    }
  }

  resize() {
    if (this.gd._fullLayout) {
      const height = this.height();
      this.plotly("relayout", { height, width: this.outer.clientWidth });
    }
  }

  // Plotly works on after it has answered; a figure may be let go only when all of that is over.
  plotly(verb, ...given) {
    if (this.ended) return Promise.resolve();
    const work = Promise.resolve(Plotly[verb](this.gd, ...given));
    this.working = Promise.allSettled([this.working, work]);
    return work;
  }

  end() {
    this.ended = true;
    this.over.abort();
    cancelAnimationFrame(this.motion);
    clearTimeout(this.settling);
    clearTimeout(this.landing);
    Promise.resolve(this.working).then(() => window.Plotly && Plotly.purge(this.gd));
    this.outer.remove();
  }
}
