// Very many points, painted pixel by pixel: no graphics processor is needed, and a pan repaints within a frame.
// Plotly keeps the axes, the zoom and the drag; it is not told of the points.
class Raster {
  constructor(panel) {
    this.panel = panel;
    this.canvas = document.createElement("canvas");
    this.version = 0;
  }

  // Something about the points has changed: they are painted again, and the index of places is made again when needed.
  changed(moved = true) {
    this.version++;
    if (moved) this.index = null;
  }

  draw(pen, box, scale) {
    const { gd } = this.panel, { xaxis, yaxis } = gd._fullLayout;
    const look = [...xaxis.range, ...yaxis.range, ...box, scale, this.version, this.panel.colors.dark].join();
    if (look !== this.painted) {
      this.painted = look;
      this.paint(box, scale, xaxis.range, yaxis.range);
    }
    pen.drawImage(this.canvas, box[0], box[1], box[2], box[3]);
  }

  paint(box, scale, [left, right], [low, high]) {
    const width = Math.max(1, Math.round(box[2] * scale)), height = Math.max(1, Math.round(box[3] * scale));
    Object.assign(this.canvas, { width, height });
    const pen = this.canvas.getContext("2d"), picture = pen.createImageData(width, height);
    const pixels = new Uint32Array(picture.data.buffer), { x, y } = this.panel;
    const inks = this.panel.inks(), faint = this.panel.faintness(), size = this.panel.base.marker.size, sized = size.length !== undefined;
    const stamps = new Map(), kx = width / (right - left), ky = height / (high - low);
    const stampOf = (size) => {
      const radius = Math.max(0, Math.round((size * scale - 1) / 2));
      if (!stamps.has(radius)) stamps.set(radius, new Stamp(radius, width));
      return stamps.get(radius);
    };
    const same = sized ? null : stampOf(size), counted = inks.length === 1 && !faint;
    const one = (row, ink) => {
      const px = Math.floor((x[row] - left) * kx), py = Math.floor((high - y[row]) * ky), stamp = same || stampOf(size[row]), { radius } = stamp;
      if (px >= radius && py >= radius && px < width - radius && py < height - radius) {
        const at = py * width + px, { offsets } = stamp;
        if (counted) for (let k = 0; k < offsets.length; k++) pixels[at + offsets[k]]++;
        else for (let k = 0; k < offsets.length; k++) pixels[at + offsets[k]] = ink;
      } else if (px >= -radius && py >= -radius && px < width + radius && py < height + radius) {
        for (const at of stamp.cut(px, py, width, height)) pixels[at] = counted ? pixels[at] + 1 : ink;
      }
    };
    const grey = packed(this.panel.colors.dark ? [110, 116, 124, 90] : [140, 146, 154, 80]);
    if (faint) for (let row = 0; row < x.length; row++) if (faint[row]) one(row, grey);
    for (let row = 0; row < x.length; row++) if (!faint || !faint[row]) one(row, inks.length === 1 ? inks[0] : inks[row]);
    if (counted) deepen(pixels, inks[0]);
    pen.putImageData(picture, 0, 0);
  }

  // The row nearest to a pixel of the panel within reach, or null.
  at(px, py, reach = 9) {
    const { x, y, gd } = this.panel, { xaxis, yaxis } = gd._fullLayout;
    this.index ||= new Places(x, y);
    const cx = xaxis.p2l(px - xaxis._offset), cy = yaxis.p2l(py - yaxis._offset);
    const unitX = Math.abs(xaxis.p2l(1) - xaxis.p2l(0)), unitY = Math.abs(yaxis.p2l(1) - yaxis.p2l(0)), faint = this.panel.faintness();
    let best = null, least = reach * reach;
    this.index.around(cx, cy, reach * unitX, reach * unitY, (row) => {
      const away = ((x[row] - cx) / unitX) ** 2 + ((y[row] - cy) / unitY) ** 2;
      if (away < least && !(faint && faint[row])) { least = away; best = row; }
    });
    return best;
  }

  listen() {
    const { gd, board } = this.panel;
    const where = (event) => { const box = gd.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    let down = null;
    gd.addEventListener("pointerdown", (event) => { down = where(event); }, true);
    gd.addEventListener("pointermove", (event) => { if (!event.buttons) board.hover(this.at(...where(event))); });
    gd.addEventListener("pointerleave", () => board.hover(null));
    addEventListener("pointerup", (event) => {
      if (!down || !gd.isConnected) return;
      const [px, py] = where(event), still = Math.hypot(px - down[0], py - down[1]) < 5;
      down = null;
      const row = still && board.tool !== "lasso" ? this.at(px, py) : null;
      if (row !== null) board.pick(row);
    }, { signal: this.panel.over.signal });
  }
}

// Points sorted into square cells, so that those around a place are found without looking at all.
class Places {
  constructor(x, y) {
    const count = x.length, side = Math.max(1, Math.min(1024, Math.round(Math.sqrt(count / 3))));
    [this.left, this.wide] = extent(x);
    [this.low, this.high] = extent(y);
    this.side = side;
    const cells = new Uint32Array(count), starts = new Uint32Array(side * side + 1);
    for (let row = 0; row < count; row++) starts[(cells[row] = this.column(x[row]) + side * this.line(y[row])) + 1]++;
    for (let cell = 0; cell < side * side; cell++) starts[cell + 1] += starts[cell];
    const next = starts.slice(), rows = new Uint32Array(count);
    for (let row = 0; row < count; row++) rows[next[cells[row]]++] = row;
    Object.assign(this, { starts, rows });
  }

  column(value) { return Math.min(this.side - 1, Math.max(0, Math.floor(((value - this.left) / (this.wide || 1)) * this.side))); }
  line(value) { return Math.min(this.side - 1, Math.max(0, Math.floor(((value - this.low) / (this.high || 1)) * this.side))); }

  around(x, y, reachX, reachY, visit) {
    for (let line = this.line(y - reachY); line <= this.line(y + reachY); line++) {
      const first = this.starts[line * this.side + this.column(x - reachX)], last = this.starts[line * this.side + this.column(x + reachX) + 1];
      for (let at = first; at < last; at++) visit(this.rows[at]);
    }
  }
}

// [least value, greatest less least]
function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { if (value < low) low = value; if (value > high) high = value; }
  return [low, high - low];
}

// A filled circle of pixels: where each stands from its middle, and the same as steps through a picture of that width.
class Stamp {
  constructor(radius, width) {
    this.radius = radius;
    this.spots = [];
    for (let dy = -radius; dy <= radius; dy++) for (let dx = -radius; dx <= radius; dx++) {
      if (dx * dx + dy * dy <= radius * radius + (radius > 1 ? 0.6 : 0.2)) this.spots.push([dx, dy]);
    }
    this.offsets = Int32Array.from(this.spots, ([dx, dy]) => dy * width + dx);
  }

  // At the edge of the picture: the places of those of its pixels that lie inside.
  cut(px, py, width, height) {
    const inside = this.spots.filter(([dx, dy]) => px + dx >= 0 && py + dy >= 0 && px + dx < width && py + dy < height);
    return inside.map(([dx, dy]) => (py + dy) * width + px + dx);
  }
}

// How many points lie on each pixel -> the ink, fainter where there are few: a crowd of one colour shows its shape.
function deepen(pixels, ink) {
  let most = 1;
  for (const count of pixels) if (count > most) most = count;
  const color = ink & 0xffffff, steps = Uint32Array.from({ length: 257 }, (_, k) => ((Math.round(140 + (115 * k) / 256) << 24) | color) >>> 0);
  const scale = most > 1 ? 256 / Math.log(most) : 0;
  for (let at = 0; at < pixels.length; at++) if (pixels[at]) pixels[at] = steps[scale ? Math.round(Math.log(pixels[at]) * scale) : 256];
}

// [red, green, blue, alpha] as a canvas keeps it.
const packed = ([red, green, blue, alpha = 255]) => ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;

// "#rrggbb" or "rgb(a)(...)" as [red, green, blue, alpha].
function channels(color) {
  if (color.startsWith("#")) return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)).concat(255);
  const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
  return [red, green, blue, Math.round(alpha * 255)];
}
