// Arrows from row to row of a map: the two steps of an analogy, side by side.
function eachArrow(overlay, draw) {
  const { x, board } = overlay.panel;
  for (const [from, to] of board.marked.arrows || []) {
    if (!x || from >= x.length || to >= x.length) continue;
    const [a, b] = [overlay.at(from), overlay.at(to)], length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (length >= 26) draw(a, b, length); // nearer than that, the two rings touch
  }
}

// Each ends short of both rings; its head tells the direction.
function drawArrows(pen, overlay) {
  const { colors } = overlay.panel, head = 10;
  eachArrow(overlay, ([x0, y0], [x1, y1], length) => {
    const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length], [tx, ty] = [x1 - ux * 12, y1 - uy * 12];
    for (const [color, width] of [[colors.ground, 5.5], [colors.selected, 2.4]]) {
      pen.strokeStyle = pen.fillStyle = color;
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(x0 + ux * 11, y0 + uy * 11);
      pen.lineTo(tx - ux * head * 0.7, ty - uy * head * 0.7);
      pen.stroke();
    }
    pen.beginPath();
    pen.moveTo(tx, ty);
    for (const side of [1, -1]) pen.lineTo(tx - ux * head + side * uy * head * 0.5, ty - uy * head - side * ux * head * 0.5);
    pen.fill();
  });
}

// The same for an exported file.
function arrowAnnotations(overlay) {
  const found = [], { colors, solid, gd } = overlay.panel, { xaxis, yaxis } = gd._fullLayout;
  const placed = ([x0, y0], [x1, y1]) => {
    const [left, top, wide, high] = overlay.box;
    if (solid) return { x: (x1 - left) / wide, y: 1 - (y1 - top) / high, xref: "paper", yref: "paper", ax: x0 - x1, ay: y0 - y1 };
    const across = (x) => xaxis.p2l(x - xaxis._offset), up = (y) => yaxis.p2l(y - yaxis._offset);
    return { x: across(x1), y: up(y1), ax: across(x0), ay: up(y0), axref: "x", ayref: "y" };
  };
  eachArrow(overlay, (from, to) => found.push({
    ...placed(from, to), text: "", showarrow: true, arrowhead: 2, arrowwidth: 2.2, arrowcolor: colors.selected, standoff: 10, startstandoff: 10,
  }));
  return found;
}
