// A heat map under a crosshair, painted cell by cell: a table of a quarter of a million cells is there within a frame.
// Plotly keeps the axes and is not told of the values. What is not a number is left out.
const INKS = 256; // colours a scale is cut into

class Cells {
  // Whether a trace can be painted: cells one unit wide, on axes that stand still, with nothing to point at.
  static paints(spec, trace) {
    const plain = trace.hoverinfo === "skip" && trace.showscale === false && !trace.x && !trace.y && Number.isFinite(trace.zmin) && Number.isFinite(trace.zmax);
    return Boolean(spec.cross) && trace.type === "heatmap" && plain;
  }

  constructor(trace) {
    const scale = { colorscale: trace.colorscale, cmin: 0, cmax: INKS - 1 };
    this.inks = Uint32Array.from({ length: INKS }, (_, k) => packed(channels(shade(scale, k))));
    this.low = trace.zmin;
    this.span = trace.zmax - trace.zmin || 1;
    this.set(trace.z);
  }

  // A matrix, or its rows.
  set(values) {
    this.rows = values.shape ? rowsOf(values) : values;
    this.sheet = this.scaled = null;
  }

  // One pixel a cell.
  paint() {
    const rows = this.rows.length, columns = rows ? this.rows[0].length : 0;
    this.sheet = Object.assign(document.createElement("canvas"), { width: Math.max(1, columns), height: Math.max(1, rows) });
    const pen = this.sheet.getContext("2d"), picture = pen.createImageData(this.sheet.width, this.sheet.height);
    const pixels = new Uint32Array(picture.data.buffer), { low, inks } = this, steps = (INKS - 1) / this.span;
    let at = 0;
    for (const row of this.rows) for (let k = 0; k < columns; k++, at++) {
      const ink = Math.round((row[k] - low) * steps);
      if (ink === ink) pixels[at] = inks[ink < 0 ? 0 : ink >= INKS ? INKS - 1 : ink];
    }
    pen.putImageData(picture, 0, 0);
  }

  draw(pen, overlay, scale) {
    if (!this.sheet) this.paint();
    const { width, height } = this.sheet;
    const [left, top] = overlay.place(-0.5, -0.5), [right, bottom] = overlay.place(width - 0.5, height - 0.5);
    this.fit(Math.max(1, Math.round(Math.abs(right - left) * scale)), Math.max(1, Math.round(Math.abs(bottom - top) * scale)));
    pen.save();
    pen.translate(left, top);
    pen.scale(Math.sign(right - left) || 1, Math.sign(bottom - top) || 1);
    pen.drawImage(this.scaled, 0, 0, Math.abs(right - left), Math.abs(bottom - top));
    pen.restore();
  }

  // The sheet as large as it is on the screen, kept while that stays so: a drag then only copies it. Cells larger than a
  // pixel keep their edges; of more cells than pixels each pixel shows the mean.
  fit(wide, high) {
    if (this.scaled?.width === wide && this.scaled.height === high) return;
    const { width, height } = this.sheet, canvas = (w, h) => Object.assign(document.createElement("canvas"), { width: w, height: h });
    const less = canvas(Math.min(wide, width), Math.min(high, height)), pen = less.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.sheet, 0, 0, less.width, less.height);
    this.scaled = canvas(wide, high);
    const whole = this.scaled.getContext("2d");
    whole.imageSmoothingEnabled = false;
    whole.drawImage(less, 0, 0, wide, high);
  }
}

// The rows of a matrix, as views.
function rowsOf(matrix) {
  return Array.from({ length: matrix.shape[0] }, (_, row) => slice(matrix, 0, row));
}
