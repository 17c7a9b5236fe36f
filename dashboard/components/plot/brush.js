// A lasso of our own where Plotly has none: over points in space, and over those that it does not draw.
class Brush {
  constructor(panel) {
    this.panel = panel;
    this.line = null;
    const { frame, board } = panel;
    const where = (event) => { const box = panel.gd.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    frame.addEventListener("pointerdown", (event) => {
      if (!this.on() || event.button) return;
      event.stopPropagation();
      event.preventDefault();
      this.line = [where(event)];
      frame.setPointerCapture(event.pointerId);
    }, true);
    frame.addEventListener("pointermove", (event) => {
      if (!this.line) return;
      event.stopPropagation();
      this.line.push(where(event));
      panel.overlay.draw();
    }, true);
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => {
      const line = this.line;
      if (!line) return;
      this.line = null;
      if (end === "pointerup" && line.length > 2) board.lasso(this.within(line));
      panel.overlay.draw();
    }, true);
    // Plotly hears mouse events besides; while a lasso is drawn they are not for it.
    for (const name of ["mousedown", "touchstart"]) frame.addEventListener(name, (event) => { if (this.on()) event.stopPropagation(); }, true);
  }

  on() {
    return this.panel.board.tool === "lasso" && Boolean(this.panel.base) && (this.panel.solid || Boolean(this.panel.raster) || Boolean(this.panel.board.spec.brush));
  }

  // Rows whose pixels lie inside the line; those that are faint are not meant.
  within(line) {
    const { x, overlay } = this.panel, faint = this.panel.faintness(), rows = [];
    const left = Math.min(...line.map((p) => p[0])), right = Math.max(...line.map((p) => p[0]));
    const top = Math.min(...line.map((p) => p[1])), bottom = Math.max(...line.map((p) => p[1]));
    for (let row = 0; row < x.length; row++) {
      if (faint && faint[row]) continue;
      const [px, py] = overlay.at(row);
      if (px >= left && px <= right && py >= top && py <= bottom && enclosed(px, py, line)) rows.push(row);
    }
    return rows;
  }

  draw(pen) {
    if (!this.line) return;
    pen.strokeStyle = this.panel.colors.text;
    pen.lineWidth = 1.4;
    pen.setLineDash([5, 4]);
    pen.beginPath();
    this.line.forEach((point, k) => (k ? pen.lineTo(...point) : pen.moveTo(...point)));
    pen.closePath();
    pen.stroke();
    pen.setLineDash([]);
  }
}

// Whether a point lies inside a closed line (even-odd rule).
function enclosed(x, y, line) {
  let inside = false;
  for (let k = 0, j = line.length - 1; k < line.length; j = k++) {
    const [ax, ay] = line[k], [bx, by] = line[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
