// Clocks: one hand a frequency. A hand at angle t from twelve, turning as clocks do, reaches sin t to the right and cos t up.
// Everything is a list of lines and circles, which the overlay draws and an exported file writes.
class Dials {
  constructor(panel) {
    this.board = panel.board;
    this.spec = panel.spec.dials;
    this.shown = this.spec.only ? 1 : this.spec.pairs.length;
  }

  // The side of a square cell and how many stand in a row, as large as the box allows.
  cells([left, top, width, height]) {
    let best = { side: 0, columns: 1 };
    for (let columns = 1; columns <= this.shown; columns++) {
      const side = Math.min(width / columns, height / Math.ceil(this.shown / columns));
      if (side > best.side) best = { side, columns };
    }
    const across = best.columns * best.side, down = Math.ceil(this.shown / best.columns) * best.side;
    return { ...best, left: left + (width - across) / 2, top: top + (height - down) / 2 };
  }

  marked() {
    return this.spec.of[this.board.values[this.spec.mark]];
  }

  // [sine, cosine] of a dial now; the cosine is null where an odd number of dimensions dropped it.
  hand(dial) {
    const matrix = this.board.matrices[this.spec.matrix], row = this.board.values[this.spec.row];
    const [sine, cosine] = this.spec.pairs[dial] || [-1, -1];
    return [cell(matrix, [row, sine]), cosine < 0 ? null : cell(matrix, [row, cosine])];
  }

  marks(box, colors) {
    if (this.spec.only) return this.one(box, colors, this.marked());
    const { side, columns, left, top } = this.cells(box), radius = side * 0.43, marks = [];
    for (let dial = 0; dial < this.shown; dial++) {
      const x = left + (dial % columns + 0.5) * side, y = top + (Math.floor(dial / columns) + 0.5) * side;
      const chosen = dial === this.marked(), [sine, cosine] = this.hand(dial);
      marks.push({ circle: [x, y, radius], color: chosen ? colors.selected : colors.grid, width: chosen ? 2.4 : 1.2 });
      if (cosine === null) marks.push({ line: [x + radius * sine, y - radius, x + radius * sine, y + radius], color: colors.muted, width: 1.2, dash: true });
      else marks.push({ line: [x, y, x + radius * sine, y - radius * cosine], color: chosen ? colors.selected : colors.text, width: chosen ? 2.8 : 1.8 });
    }
    return marks;
  }

  // One large clock with the shadows of its hand on both axes.
  one(box, colors, dial) {
    const { side, left, top } = this.cells(box), radius = side * 0.44, x = left + side / 2, y = top + side / 2;
    const [sine, cosine] = this.hand(dial), [across, up] = this.spec.colours;
    if (sine === null) return [];
    const marks = [
      { circle: [x, y, radius], color: colors.muted, width: 1.4 },
      { line: [x - radius, y, x + radius, y], color: colors.grid, width: 1 },
      { line: [x, y - radius, x, y + radius], color: colors.grid, width: 1 },
    ];
    const tip = [x + radius * sine, y - radius * (cosine ?? 0)];
    if (cosine !== null) marks.push(
      { line: [tip[0], y, ...tip], color: colors.muted, width: 1, dash: true },
      { line: [x, tip[1], ...tip], color: colors.muted, width: 1, dash: true },
      { line: [x, y, x, tip[1]], color: up, width: 5 },
    );
    marks.push({ line: [x, y, tip[0], y], color: across, width: 5 });
    if (cosine === null) marks.push({ line: [tip[0], y - radius, tip[0], y + radius], color: colors.selected, width: 1.6, dash: true });
    else marks.push({ line: [x, y, ...tip], color: colors.selected, width: 2.6 });
    return marks;
  }

  // The dial under a pixel, or null.
  at(x, y, box) {
    const { side, columns, left, top } = this.cells(box);
    const column = Math.floor((x - left) / side), row = Math.floor((y - top) / side);
    const dial = row * columns + column;
    return column < 0 || column >= columns || row < 0 || dial >= this.shown ? null : dial;
  }

  // A click on a clock makes it the marked one.
  listen(panel) {
    if (this.spec.only) return;
    panel.gd.style.cursor = "pointer";
    panel.gd.addEventListener("click", (event) => {
      const box = panel.gd.getBoundingClientRect();
      const dial = panel.dials.at(event.clientX - box.left, event.clientY - box.top, panel.overlay.box);
      if (dial === null) return;
      panel.board.setSlider(panel.dials.spec.mark, panel.dials.spec.pairs[dial][0]);
      panel.board.report();
    });
  }
}
