// What a file says around the picture, as SVG: a heading over it, below it the colours and their meaning. Every text is
// written as text, every colour as numbers.
const inked = (color) => `rgb(${channels(color).slice(0, 3).join(", ")})`;

// Text in `size` pixels at a place; `more` are attributes.
const lettering = (text, x, y, size, color, more = "") => `<text x="${x}" y="${y}" font-family="sans-serif" font-size="${size}" fill="${color}" ${more}>${escaped(text, 200)}</text>`;

// How wide a text is in the letters of the file.
function widths(size, weight = 400) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${weight} ${size}px sans-serif`;
  return (text) => pen.measureText(text).width;
}

// A heading in as many lines as it needs: its SVG, and its height.
function heading(text, width, size, color) {
  const measured = widths(size, 600), lines = [];
  for (const piece of plainText(text, 200).split(/(?<=\s)|(?=[\u3000-\u9fff])/)) {
    if (!lines.length || measured(lines.at(-1) + piece) > width) lines.push(piece);
    else lines[lines.length - 1] += piece;
  }
  return { svg: lines.map((line, at) => lettering(line, 0, (at + 1) * size * 1.3, size, color, 'font-weight="600"')).join(""), height: lines.length ? Math.ceil((lines.length + 0.6) * size * 1.3) : 0 };
}

// The groups of the first panel and the colour bars of all, in lines no wider than the picture: SVG, and its height.
function legendKey(board, width, size, color) {
  const measured = widths(size), parts = [], { groups } = board.panels[0].spec;
  let x = 0, line = 0;
  const room = (wide) => {
    if (x && x + wide > width) { x = 0; line++; }
    const at = x;
    x += wide + size;
    return [at, (line + 1) * size * 1.7];
  };
  board.gauges().forEach((gauge, at) => {
    const [title, low, high] = [plainText(gauge.title, 64), shortNumber(gauge.low), shortNumber(gauge.high)];
    const bar = 9 * size, gap = size * 0.5, before = measured(title) + gap, start = before + measured(low) + gap;
    const [left, y] = room(start + bar + gap + measured(high));
    const stops = gauge.colors.map((one, k) => `<stop offset="${k / Math.max(1, gauge.colors.length - 1)}" stop-color="${inked(one)}"/>`).join("");
    parts.push(`<linearGradient id="es-key-${at}">${stops}</linearGradient><rect x="${left + start}" y="${y - size * 0.7}" width="${bar}" height="${size * 0.7}" fill="url(#es-key-${at})"/>`);
    parts.push(lettering(title, left, y, size, color), lettering(low, left + before, y, size, color), lettering(high, left + start + bar + gap, y, size, color));
  });
  groups?.names.forEach((name, code) => {
    const text = plainText(name, 24), [left, y] = room(size * 1.2 + measured(text));
    const faint = board.panels[0].off.has(code) ? 'opacity="0.45" text-decoration="line-through"' : "";
    parts.push(`<circle cx="${left + size * 0.4}" cy="${y - size * 0.35}" r="${size * 0.4}" fill="${inked(groups.colors[code])}" ${faint}/>`, lettering(text, left + size * 1.2, y, size, color, faint));
  });
  return { svg: parts.join(""), height: parts.length ? Math.ceil((line + 1.6) * size * 1.7) : 0 };
}
