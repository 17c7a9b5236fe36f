// What lies over a panel: sprites, labels that do not collide, the selection, the crosshair. It is drawn on a
// canvas from the axes' own scale, in space through the camera, so the figure below is never touched.
const FEW = 32; // more neighbours than these are marked without a line to each
const DASHES = { dot: [2, 3], dash: [6, 4], dashdot: [6, 3, 2, 3] };

class Overlay {
  constructor(panel) {
    this.panel = panel;
    this.glide = new Glide(panel);
    this.canvas = document.createElement("canvas");
    this.canvas.className = "es-overlay";
    this.canvas.setAttribute("aria-hidden", "true");
    panel.frame.appendChild(this.canvas);
  }

  // Over the figure, but under its hover labels and its lasso.
  under(layer) {
    if (layer && this.canvas.nextSibling !== layer) layer.parentNode.insertBefore(this.canvas, layer);
  }

  // Pixel of a data point inside the panel.
  place(x, y) {
    const { xaxis, yaxis } = this.panel.gd._fullLayout;
    return [xaxis._offset + xaxis.l2p(x), yaxis._offset + yaxis.l2p(y)];
  }

  // Pixel of a row's point.
  at(row) {
    const { x, y, solid } = this.panel;
    return solid ? this.seen(row) : this.place(x[row], y[row]);
  }

  // Pixel of a row's point in space, as the camera stands.
  seen(row) {
    const { x, y, base } = this.panel, { dataScale, glplot } = this.scene;
    const { model, view, projection } = glplot.cameraParams;
    let point = [x[row] * dataScale[0], y[row] * dataScale[1], base.z[row] * dataScale[2], 1];
    for (const matrix of [model, view, projection]) {
      point = [0, 1, 2, 3].map((k) => point[0] * matrix[k] + point[1] * matrix[4 + k] + point[2] * matrix[8 + k] + point[3] * matrix[12 + k]);
    }
    const [left, top, w, h] = this.box;
    return [left + 0.5 * w * (1 + point[0] / point[3]), top + 0.5 * h * (1 - point[1] / point[3])];
  }

  // Follow the camera: the overlay is drawn again whenever the view has changed.
  follow() {
    const scene = this.panel.gd._fullLayout?.scene?._scene;
    if (!scene?.glplot || scene === this.scene) return;
    this.scene = scene;
    const { glplot } = scene, told = glplot.onrender;
    let last = "";
    glplot.onrender = (...given) => {
      if (told) told.apply(glplot, given);
      const now = Array.from(glplot.cameraParams.view, (value) => value.toFixed(4)).join();
      if (now !== last) { last = now; this.draw(); }
    };
  }

  draw() {
    const { gd, solid } = this.panel;
    const layout = gd._fullLayout;
    if (solid) this.follow();
    if (!layout || (solid ? !this.scene?.glplot?.cameraParams?.view : !layout.xaxis || !layout.xaxis.l2p)) return;
    const scale = window.devicePixelRatio || 1;
    const { width, height } = layout; // Plotly's own: to ask the page would lay it out once more
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
      this.canvas.style.width = width + "px";
      this.canvas.style.height = height + "px";
    }
    const pen = this.canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    this.box = solid ? [0, 0, width, height] : [layout.xaxis._offset, layout.yaxis._offset, layout.xaxis._length, layout.yaxis._length];
    pen.save();
    pen.beginPath();
    pen.rect(...this.box);
    pen.clip();
    for (const cells of this.panel.cells.values()) cells.draw(pen, this, scale);
    if (this.panel.raster) this.panel.raster.draw(pen, this.box, scale);
    if (this.panel.gliding) this.glide.draw(pen, this.box, scale);
    if (this.panel.spec.sprites) this.sprites(pen);
    for (const mark of this.marks()) this.stroke(pen, mark);
    if (this.panel.spec.fast) this.series(pen);
    this.selection(pen);
    this.panel.brush?.draw(pen);
    pen.restore();
    if (this.panel.spec.showLabels && this.panel.labels.length) this.labels(pen);
  }

  inside(x, y, margin = 0) {
    const [left, top, w, h] = this.box;
    return x >= left - margin && x <= left + w + margin && y >= top - margin && y <= top + h + margin;
  }

  sprites(pen) {
    const { url, tile, tall, columns, slider } = this.panel.spec.sprites, { x, y, board } = this.panel, { groups } = this.panel.spec;
    const sheet = board.sheets.get(url), [wide, high] = this.spriteSize(), deep = tall || tile;
    if (!sheet || !sheet.naturalWidth) return;
    pen.imageSmoothingEnabled = wide < tile;
    const faint = slider ? null : this.panel.faintness();
    const one = (k, px, py) => {
      if (!this.inside(px, py, Math.max(wide, high))) return;
      pen.globalAlpha = faint && faint[k] ? 0.12 : 1;
      pen.drawImage(sheet, (k % columns) * tile, Math.floor(k / columns) * deep, tile, deep, px - wide / 2, py - high / 2, wide, high);
      if (!groups || slider) return;
      pen.strokeStyle = groups.colors[groups.codes[k]];
      pen.lineWidth = 1.6;
      pen.strokeRect(px - wide / 2, py - high / 2, wide, high);
    };
    if (slider) one(board.values[slider], ...this.place(0, 0));
    else {
      for (let k = 0; k < x.length; k++) one(k, ...this.place(x[k], y[k]));
      // what is marked lies on top of what is not
      const { point, near, hovered } = board.marked;
      for (const k of [...near, point, hovered]) if (k !== null && k < x.length) one(k, ...this.place(x[k], y[k]));
    }
    pen.globalAlpha = 1;
  }

  // The sprites as one image under the marks, so that an exported file has them too.
  images() {
    if (!(this.panel.spec.sprites || this.panel.raster) || !this.box) return [];
    const [left, top, w, h] = this.box, scale = 2;
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(w * scale), height: Math.round(h * scale) });
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
    if (this.panel.raster) this.panel.raster.draw(pen, this.box, scale);
    else this.sprites(pen);
    return [{ source: canvas.toDataURL(), xref: "paper", yref: "paper", x: 0, y: 1, sizex: 1, sizey: 1, sizing: "stretch", layer: "above" }];
  }

  // Width and height of a sprite in pixels: its longer side as given, or its width so many units of the axis.
  spriteSize() {
    const { size, span, tile, tall } = this.panel.spec.sprites, deep = tall || tile;
    // larger in a larger panel: `size` is that of a panel some 360 pixels wide
    const wide = span ? Math.abs(this.place(span, 0)[0] - this.place(0, 0)[0]) : (size * Math.min(2.5, Math.max(1, this.box[2] / 360)) * tile) / Math.max(tile, deep);
    return [wide, (wide * deep) / tile];
  }

  // Traces that follow a slider in a fast panel: bars, areas, lines and markers, where the numbers are finite.
  series(pen) {
    for (const { type, x, y, mode, line, marker, fill, fillcolor } of this.panel.series()) {
      if (!x || !y) continue;
      if (type === "bar") { this.bars(pen, x, y, marker); continue; }
      const count = Math.min(x.length, y.length);
      const points = Array.from({ length: count }, (_, k) => (Number.isFinite(x[k]) && Number.isFinite(y[k]) && x[k] !== null && y[k] !== null ? this.place(x[k], y[k]) : null));
      if (!mode || mode.includes("lines")) {
        pen.strokeStyle = line.color;
        pen.lineWidth = line.width || 2;
        pen.lineJoin = "round";
        pen.setLineDash(DASHES[line.dash] || []);
        pen.beginPath();
        points.forEach((point, k) => point && (k && points[k - 1] ? pen.lineTo(...point) : pen.moveTo(...point)));
        if (fill === "toself") {
          pen.fillStyle = fillcolor;
          pen.fill();
        }
        if (line.width !== 0) pen.stroke();
        pen.setLineDash([]);
      }
      if (mode && mode.includes("markers")) for (const point of points) {
        if (!point) continue;
        pen.fillStyle = marker.color;
        pen.beginPath();
        pen.arc(...point, (marker.size || 6) / 2, 0, 2 * Math.PI);
        pen.fill();
      }
    }
  }

  // Bars from zero, coloured by their height.
  bars(pen, x, y, marker) {
    const zero = this.place(0, 0)[1], wide = Math.max(1, Math.abs(this.place(1, 0)[0] - this.place(0, 0)[0]) * 0.85);
    pen.strokeStyle = this.panel.colors.muted;
    pen.lineWidth = 0.6;
    for (let k = 0; k < x.length; k++) {
      const [px, py] = this.place(x[k], y[k]), bar = [px - wide / 2, Math.min(py, zero), wide, Math.abs(py - zero)];
      pen.fillStyle = shade(marker, y[k]);
      pen.fillRect(...bar);
      if (wide > 4) pen.strokeRect(...bar);
    }
  }

  // Lines and circles over the panel, in pixels: clocks and the crosshair.
  marks() {
    const { spec, colors, dials } = this.panel;
    const marks = dials ? dials.marks(this.box, colors) : [];
    return spec.cross ? marks.concat(this.cross(colors)) : marks;
  }

  stroke(pen, { line, circle, rect, color, width, dash }) {
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.setLineDash(dash ? [3, 3] : []);
    pen.beginPath();
    if (circle) pen.arc(...circle, 0, 2 * Math.PI);
    else if (rect) pen.rect(...rect);
    else { pen.moveTo(line[0], line[1]); pen.lineTo(line[2], line[3]); }
    pen.stroke();
    pen.setLineDash([]);
  }

  // The marks as Plotly shapes, so that an exported file has them too. What belongs to rows is written on the axes and
  // stays with its points; the rest, and all over a picture in space, stands where it does in the panel.
  shapes() {
    const full = this.panel.gd._fullLayout;
    if (!this.box || !full) return [];
    const { l, t, w, h } = full._size, across = (x) => (x - l) / w, up = (y) => 1 - (y - t) / h;
    const fixed = this.marks().map((mark) => this.shape(mark, "paper", across, up, this.panel.spec.fast ? "below" : "above"));
    if (!this.panel.x) return fixed;
    const rows = [...this.joins(), ...this.outlines()];
    if (this.panel.solid) {
      const seen = rows.filter(({ circle }) => !circle || this.inside(...circle));
      return [...fixed, ...seen.map((mark) => this.shape(mark, "paper", across, up))];
    }
    const { xaxis, yaxis } = full, right = (x) => xaxis.p2l(x - xaxis._offset), high = (y) => yaxis.p2l(y - yaxis._offset);
    return [...fixed, ...rows.map((mark) => this.shape(mark, "axes", right, high))];
  }

  // One mark; `across` and `up` turn a pixel of the panel into a place of the file. On axes a ring keeps its size in pixels.
  shape({ line, circle, rect, color, width, dash, opacity = 1 }, on, across, up, layer = "above") {
    const [xref, yref] = on === "axes" ? ["x", "y"] : [on, on];
    const style = { xref, yref, layer, opacity, line: { color, width, dash: dash ? "dot" : "solid" } };
    if (rect) return { ...style, type: "rect", x0: across(rect[0]), y0: up(rect[1]), x1: across(rect[0] + rect[2]), y1: up(rect[1] + rect[3]) };
    if (!circle) return { ...style, type: "line", x0: across(line[0]), y0: up(line[1]), x1: across(line[2]), y1: up(line[3]) };
    const [x, y, r] = circle;
    if (on !== "axes") return { ...style, type: "circle", x0: across(x - r), y0: up(y + r), x1: across(x + r), y1: up(y - r) };
    return { ...style, type: "circle", xsizemode: "pixel", ysizemode: "pixel", xanchor: across(x), yanchor: up(y), x0: -r, x1: r, y0: -r, y1: r };
  }

  // Either slider of the cross may be null: then there is one line only.
  cross(colors) {
    const [sx, sy] = this.panel.spec.cross, { values } = this.panel.board;
    const [px, py] = this.place(values[sx] ?? 0, values[sy] ?? 0);
    const [left, top, w, h] = this.box;
    // Cells large enough to read get their row and column framed; others a line through the middle.
    const cells = this.panel.spec.data.some((trace) => trace.type === "heatmap");
    const [nextX, nextY] = this.place((values[sx] ?? 0) + 0.5, (values[sy] ?? 0) + 0.5);
    const sides = (half) => (cells && Math.abs(half) >= 5 ? [-half, half] : [0]);
    const lines = [];
    if (sy) for (const side of sides(nextY - py)) lines.push([left, py + side, left + w, py + side]);
    if (sx) for (const side of sides(nextX - px)) lines.push([px + side, top, px + side, top + h]);
    return [[colors.ground, 4], [colors.text, 1.6]].flatMap(([color, width]) => lines.map((line) => ({ line, color, width })));
  }

  // One row marked: a rectangle where points are tiles or pictures, else a ring.
  outline(row, color, width, radius) {
    const { x, y, spec } = this.panel;
    if (row === null || row === undefined || row >= x.length) return [];
    const [px, py] = this.at(row);
    if (!spec.tile && !spec.sprites) return [{ row, circle: [px, py, radius], color, width }];
    const [wide, high] = spec.tile ? [0, 0] : this.spriteSize().map((side) => side + 3);
    const [left, top] = spec.tile ? this.place(x[row] - spec.tile[0] / 2, y[row] - spec.tile[1] / 2) : [px - wide / 2, py - high / 2];
    return [{ rect: [left, top, 2 * (px - left), 2 * (py - top)], color, width }];
  }

  // A true neighbour that this panel's picture threw far away.
  far(row) {
    const { far } = this.panel.board.marked;
    return Boolean(far && (far[this.panel.index] || far[0] || []).includes(row));
  }

  // The neighbours, the selected row, the row under the pointer.
  outlines() {
    const { x, colors, board } = this.panel;
    if (!x) return [];
    const { point, near, hovered } = board.marked;
    return [
      ...near.flatMap((row) => this.outline(row, this.far(row) ? colors.far : colors.neighbour, 2.4, 7)),
      ...this.outline(point, colors.selected, 3.4, 9),
      ...(hovered === point ? [] : this.outline(hovered, colors.text, 2, 8)),
    ];
  }

  // The lines from the selected row to its neighbours.
  joins() {
    const { x, colors, spec, board } = this.panel, { point, near, lines } = board.marked;
    if (point === null || point >= x.length || spec.tile || lines === false || near.length > FEW) return [];
    const from = this.at(point);
    return near.filter((row) => row < x.length).map((row) => {
      const far = this.far(row);
      return { row, line: [...from, ...this.at(row)], color: far ? colors.far : colors.neighbour, width: far ? 1.6 : 1.2, dash: far, opacity: 0.6 };
    });
  }

  selection(pen) {
    if (!this.panel.x) return;
    pen.globalAlpha = 0.6;
    for (const join of this.joins()) this.stroke(pen, join);
    pen.globalAlpha = 1;
    for (const outline of this.outlines()) this.stroke(pen, outline);
    drawArrows(pen, this);
  }

  // How many times nearer than the whole picture the reader has come, up to three: so many times more labels may stand.
  closeness() {
    const { solid, gd, spec, x, y } = this.panel;
    const nearer = (name, values) => {
      const whole = spec.layout[name]?.range || [...this.extent(name, values)], now = gd._fullLayout[name].range;
      return Math.abs((whole[1] - whole[0]) / (now[1] - now[0]));
    };
    const near = solid ? Math.hypot(...Object.values(this.panel.camera().eye)) / Math.hypot(...Object.values(this.scene.getCamera().eye)) : Math.max(nearer("xaxis", x), nearer("yaxis", y));
    return Math.min(3, Math.max(1, near || 1));
  }

  // The least and the greatest of these values, found once for each array.
  extent(name, values) {
    this.extents ||= {};
    if (this.extents[name]?.of !== values) {
      const [low, wide] = extent(values);
      this.extents[name] = { of: values, ends: [low, low + wide] };
    }
    return this.extents[name].ends;
  }

  // How wide a text is in that font: the same few thousand are asked for with every move of the picture.
  width(pen, text, font) {
    const key = `${font} ${text}`;
    if (!this.widths || this.widths.size > 20000) this.widths = new Map();
    if (!this.widths.has(key)) {
      pen.font = font;
      this.widths.set(key, pen.measureText(text).width);
    }
    return this.widths.get(key);
  }

  // Greedy: the selection first, then rows in their order, each label only where nothing is yet.
  labels(pen) {
    const { x, colors, board } = this.panel;
    const size = this.panel.type * 0.82, face = `${size}px ${colors.font}`, bolder = `600 ${face}`;
    const wide = (text, bold) => this.width(pen, text, bold ? bolder : face);
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    const { point, near, hovered } = board.marked;
    const taken = [];
    this.written = [];
    const count = Math.min(x.length, this.panel.labels.length);
    const room = this.panel.spec.tile ? count : Math.max(12, Math.round((this.box[2] * this.box[3] * this.closeness()) / 5200));
    let drawn = 0, missed = 0;
    // where points are tiles, a label is in the middle of one that has room for it, else beside it
    const tile = this.panel.spec.tile ? Math.abs(this.place(this.panel.spec.tile[0], 0)[0] - this.place(0, 0)[0]) : 0;
    const widest = tile && count ? this.panel.labels.reduce((a, b) => (b.length > a.length ? b : a)) : "";
    const fits = tile > wide(widest) + 2;
    const put = (row, color, bold) => {
      if (row === null || row === undefined || row >= count) return;
      const [px, py] = this.at(row);
      if (!this.inside(px, py)) return;
      // most rows of a crowd have no room: that is seen before their text is measured
      if (!bold && !tile && taken.some((b) => px + 8 > b[0] && px + 8 < b[0] + b[2] && py > b[1] && py < b[1] + b[3])) { missed++; return; }
      const about = row === hovered && this.panel.base.hoverinfo === "none" && !tile ? this.panel.about(row) : "";
      const gap = tile / 2 + 6, sides = this.panel.spec.labelsLeft;
      const written = (letters) => plainText(this.panel.labels[row], letters) + (about ? ` · ${plainText(about, 24)}` : "");
      // where left and right mean something, a label stays on its side, and is cut as short as the room there
      const free = row < sides ? px - gap - this.box[0] : this.box[0] + this.box[2] - px - gap;
      let text = written(24), width = wide(text, bold);
      for (let letters = 22; sides && width > free; letters -= 2) {
        if (letters < 6) return;
        text = written(letters);
        width = wide(text, bold);
      }
      const toTheLeft = px - gap - width, fitsLeft = toTheLeft >= this.box[0], fitsRight = px + gap + width <= this.box[0] + this.box[2];
      const beside = (row < sides ? fitsLeft || !fitsRight : !fitsRight) ? toTheLeft : px + gap;
      if (tile && !fits && !bold) return;
      const left = fits ? px - width / 2 : beside;
      const box = [left - 2, py - size * 0.62, width + 4, size * 1.24];
      if (taken.some((b) => box[0] < b[0] + b[2] && b[0] < box[0] + box[2] && box[1] < b[1] + b[3] && b[1] < box[1] + box[3])) { missed++; return; }
      taken.push(box);
      pen.font = bold ? bolder : face;
      pen.strokeStyle = colors.ground;
      pen.lineWidth = 3;
      pen.strokeText(text, left, py);
      pen.fillStyle = color;
      pen.fillText(text, left, py);
      this.written.push({ row, text, color, bold, box });
      drawn++;
      missed = 0;
    };
    put(point, colors.selected, true);
    if (!tile) for (const row of near) put(row, this.far(row) ? colors.far : colors.neighbour, true);
    put(hovered, colors.text, true);
    const limit = 6000;
    for (let k = 0; k < count && k < limit * 20 && drawn < room && missed < 1500; k++) {
      const row = this.panel.spec.order ? this.panel.spec.order[k] : k;
      if (!this.panel.hidden(row)) put(row, point === null ? colors.text : colors.faded, false);
      if (k > limit && !drawn) break;
    }
  }

  // The labels now on the screen, as Plotly annotations, so that an exported file has them too.
  annotations() {
    const [left, top, w, h] = this.box || [0, 0, 1, 1];
    const spot = (row) => {
      if (!this.panel.solid) return { x: this.panel.x[row], y: this.panel.y[row] };
      const [px, py] = this.at(row);
      return { x: (px - left) / w, y: 1 - (py - top) / h, xref: "paper", yref: "paper" };
    };
    const before = (row, box) => box[0] + box[2] / 2 < this.at(row)[0];
    const labels = (this.written || []).map(({ row, text, color, bold, box }) => ({
      ...spot(row), text: bold ? `<b>${hoverText(text)}</b>` : hoverText(text), showarrow: false,
      xanchor: this.panel.spec.tile ? "center" : before(row, box) ? "right" : "left",
      xshift: this.panel.spec.tile ? box[0] + box[2] / 2 - this.at(row)[0] : before(row, box) ? -5 : 5,
      ...(this.panel.spec.tile && { bgcolor: this.panel.colors.ground, opacity: 0.85, borderpad: 0 }), font: { color, size: 12 },
    }));
    return [...labels, ...arrowAnnotations(this)];
  }
}
