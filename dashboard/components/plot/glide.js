// The points of a map while they move under a slider: painted pixel by pixel into the overlay, several times quicker than
// as so many circles.
class Glide {
  constructor(panel) {
    this.panel = panel;
    this.discs = new Map();
  }

  // `box` is where the axes are, in pixels of the page. What was painted there before is replaced.
  draw(pen, box, scale) {
    const [left, top, width, height] = box.map((value) => Math.round(value * scale));
    if (this.picture?.width !== width || this.picture.height !== height) {
      this.picture = pen.createImageData(Math.max(1, width), Math.max(1, height));
      this.pixels = new Uint32Array(this.picture.data.buffer);
      this.discs.clear();
    }
    this.pixels.fill(0);
    const { x, y, gd, base } = this.panel, { xaxis, yaxis } = gd._fullLayout, { size } = base.marker;
    const inks = this.panel.inks(), faint = this.panel.faintness(), sized = size?.length !== undefined;
    // straight axes: a place is one product and one sum
    const [x0, y0] = [xaxis.l2p(0), yaxis.l2p(0)], [kx, ky] = [(xaxis.l2p(1) - x0) * scale, (yaxis.l2p(1) - y0) * scale];
    for (let row = 0; row < x.length; row++) {
      if (faint && faint[row]) continue;
      this.stamp(Math.round(x0 * scale + x[row] * kx), Math.round(y0 * scale + y[row] * ky), this.disc((sized ? size[row] : size) * scale), inks[inks.length === 1 ? 0 : row]);
    }
    pen.putImageData(this.picture, left, top);
  }

  // The pixels of a disc of that diameter around its middle: [dx, dy, how much of it is covered (0 to 255)], flat.
  disc(diameter) {
    const key = Math.round(2 * diameter);
    if (!this.discs.has(key)) {
      const radius = key / 4, reach = Math.ceil(radius), spots = [];
      for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) {
        const covered = Math.round(255 * (this.panel.base.marker.opacity ?? 1) * Math.min(1, Math.max(0, radius + 0.4 - Math.hypot(dx, dy))));
        if (covered) spots.push(dx, dy, covered);
      }
      this.discs.set(key, Int32Array.from(spots));
    }
    return this.discs.get(key);
  }

  // A pixel at the edge of the disc stays as it is where another disc lies already.
  stamp(px, py, disc, ink) {
    const { pixels } = this, { width, height } = this.picture, color = ink & 0xffffff;
    for (let k = 0; k < disc.length; k += 3) {
      const across = px + disc[k], down = py + disc[k + 1], covered = disc[k + 2];
      if (across < 0 || down < 0 || across >= width || down >= height) continue;
      const at = down * width + across;
      if (covered > 127 || !pixels[at]) pixels[at] = ((covered << 24) | color) >>> 0;
    }
  }
}
