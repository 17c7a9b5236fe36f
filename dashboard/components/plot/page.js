// The board as one HTML file that works without a network: Plotly inside, hover, zoom and a search over the labels.

// What the page says of the picture: for every file that is taken away, so that it can be made again.
function receipt() {
  const read = (place) => document.querySelector(place)?.innerText.trim() || "";
  const quality = [...document.querySelectorAll(".st-key-es_reading .es-figures tr")].map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join(" ")).join(" · ");
  return { title: read(".es-question"), made: read(".st-key-es_status"), quality, link: location.href };
}

// JSON that may stand inside a script element: nothing in it closes one.
const embedded = (value) => JSON.stringify(value, (_, one) => (ArrayBuffer.isView(one) ? Array.from(one, (number) => (Number.isInteger(number) ? number : Number(number.toPrecision(6)))) : one)).replace(/</g, "\\u003c").replace(/\u2028|\u2029/g, "");

// The labels of a picture in space, each at its point, so that they turn with it.
function standing(panel) {
  const { x, y, z } = panel.base;
  return (panel.overlay.written || []).map(({ row, text, color, bold }) => ({ x: x[row], y: y[row], z: z[row], text: bold ? `<b>${hoverText(text)}</b>` : hoverText(text), showarrow: false, xanchor: "left", xshift: 5, font: { color, size: 12 } }));
}

// Small pictures as one image that lies on the axes, so that it stays with them in a window of any shape. Very many points
// need none: in the file they are drawn one by one.
function lying(panel) {
  if (panel.raster) return [];
  const { xaxis, yaxis } = panel.gd._fullLayout;
  const [[left, right], [low, high]] = [xaxis.range, yaxis.range];
  return panel.overlay.images().map((image) => ({ ...image, xref: "x", yref: "y", x: left, y: high, sizex: Math.abs(right - left), sizey: Math.abs(high - low) }));
}

// What is marked of a picture in space, as traces, so that it turns with the points.
function turning(panel) {
  const { x, y, z } = panel.base, { point } = panel.board.marked, rings = panel.overlay.outlines(), joins = panel.overlay.joins();
  const at = (values, rows) => rows.map((row) => (row === null ? null : values[row]));
  const trace = (rows, more) => ({ type: "scatter3d", x: at(x, rows), y: at(y, rows), z: at(z, rows), hoverinfo: "skip", ...more });
  const traces = joins.map(({ row, color, dash }) => trace([point, row], { mode: "lines", opacity: 0.6, line: { color, width: 3, dash: dash ? "dash" : "solid" } }));
  if (rings.length) traces.push(trace(rings.map(({ row }) => row), { mode: "markers", marker: { symbol: "circle-open", size: 11, color: rings.map(({ color }) => color), line: { width: 3 } } }));
  return traces;
}

// The layout of a panel in a file: the size it has on the page and axes that stand where they do, whatever is added.
function held(panel) {
  const { width, height, _size: { l, r, t, b }, ...full } = panel.gd._fullLayout, layout = { ...panel.gd.layout, autosize: false, width, height };
  if (panel.solid) return layout;
  layout.margin = { ...layout.margin, l, r, t, b, autoexpand: false };
  for (const name of Object.keys(full)) if (/^[xy]axis\d*$/.test(name)) layout[name] = { ...layout[name], range: full[name].range.slice(), autorange: false, ...(!panel.free() && { fixedrange: true }) };
  return layout;
}

// Where something stands in the grid of panels, in pixels.
function standsAt(board, element) {
  const frame = board.grid.getBoundingClientRect(), { left, top, width } = element.getBoundingClientRect();
  return { left: left - frame.left, top: top - frame.top, width };
}

// A picture of this server, as one that stands inside the file.
async function within(image) {
  if (String(image.source).startsWith("data:")) return image;
  const reader = new FileReader(), read = new Promise((done) => { reader.onload = () => done(reader.result); });
  reader.readAsDataURL(await (await fetch(new URL(image.source, document.baseURI.replace(/[^/]*$/, "")))).blob());
  return { ...image, source: await read };
}

async function drawn(panel) {
  const { base, spec, board } = panel, layout = held(panel);
  if (panel.solid) layout.scene = { ...layout.scene, annotations: spec.showLabels ? standing(panel) : [] };
  else {
    layout.shapes = [...(layout.shapes || []), ...panel.overlay.shapes()];
    layout.images = [...(await Promise.all((layout.images || []).map(within))), ...lying(panel)];
    if (spec.showLabels) layout.annotations = [...(layout.annotations || []), ...panel.overlay.annotations()];
  }
  const data = panel.written().map((trace, index) => {
    if (!base || index !== spec.points) return trace;
    const text = panel.labels.map((label, row) => hoverText(label) + (panel.about(row) ? " · " + hoverText(panel.about(row)) : ""));
    const { x, y, z, type, mode, marker } = base, color = spec.groups || spec.gauge ? panel.tints() : marker?.color;
    return { x, y, z, type: panel.raster ? "scattergl" : type, mode, text, hovertemplate: text.length ? "%{text}<extra></extra>" : undefined, marker: { ...marker, color, colorscale: undefined, showscale: false } };
  });
  if (panel.solid) data.push(...turning(panel));
  const place = standsAt(board, panel.gd), { fontSize, lineHeight } = getComputedStyle(panel.title);
  return { data, layout, place, heading: { ...standsAt(board, panel.title), fontSize, lineHeight }, free: panel.free(), points: base ? spec.points : null, labels: panel.labels.map((label) => plainText(label, 200)), title: plainText(spec.title || "", 200) };
}

// Runs in the saved file, where nothing of this page is: it may use Plotly and the document only.
function viewer() {
  const board = JSON.parse(document.getElementById("board").textContent), places = [];
  const grid = document.getElementById("panels");
  Object.assign(grid.style, { width: `${board.width}px`, height: `${board.height}px` });
  const put = (tag, { left, top, width, fontSize, lineHeight }, given = {}) => {
    const element = grid.appendChild(Object.assign(document.createElement(tag), given));
    Object.assign(element.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, fontSize, lineHeight });
    return element;
  };
  for (const panel of board.panels) {
    if (panel.title) put("h2", panel.heading, { textContent: panel.title });
    const figure = put("div", panel.place);
    window.Plotly.newPlot(figure, panel.data, panel.layout, { responsive: false, displaylogo: false, scrollZoom: panel.free, doubleClick: panel.free ? "reset" : false, ...(!panel.free && { displayModeBar: false }) });
    places.push(figure);
  }
  const input = document.querySelector("input"), told = document.querySelector("output");
  document.querySelector("label").hidden = !board.panels.some((panel) => panel.labels.length > 1);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase();
    board.panels.forEach((panel, at) => {
      if (panel.points === null || panel.labels.length < 2) return;
      const rows = panel.labels.flatMap((label, row) => (words && label.toLowerCase().includes(words) ? [row] : []));
      if (at === 0) told.textContent = words ? rows.length : "";
      const { type, x, marker } = panel.data[panel.points];
      if (type === "scatter3d") { // which knows no selection: the others turn grey
        const found = new Set(rows), colors = Array.isArray(marker.color) ? marker.color : x.map(() => marker.color);
        window.Plotly.restyle(places[at], { "marker.color": [colors.map((color, row) => (!words || found.has(row) ? color : "#b9bdc2"))] }, [panel.points]);
      } else window.Plotly.restyle(places[at], { selectedpoints: [words ? rows : null], unselected: [{ marker: { opacity: 0.08 } }] }, [panel.points]);
    });
  });
}

async function standalone(board) {
  const about = receipt(), colors = board.colors(), { width, height } = board.grid.getBoundingClientRect(), key = legendKey(board, width, 13 * board.zoomType(), colors.text), clean = (text) => escaped(text, 4000);
  const plotly = await (await fetch(new URL("vendor/plotly.js", document.baseURI.replace(/[^/]*$/, "")))).text();
  const policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; connect-src 'none'";
  const style = `body{font:16px/1.4 sans-serif;margin:1.5rem;background:${colors.ground};color:${colors.text}}h1{font-size:1.3rem}h2{font-size:1rem;margin:0}footer{font-size:.8rem;opacity:.8;overflow-wrap:anywhere}input{font:inherit;padding:.2rem .5rem;margin:0 .5rem}main{overflow-x:auto}#panels{position:relative}#panels>*{position:absolute}svg{display:block}`;
  return `<!doctype html>
<html lang="${document.documentElement.lang || "en"}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${clean(about.title) || "Embedscope"}</title><style>${style}</style></head>
<body><h1>${clean(about.title)}</h1><label>${clean(board.words.find)}<input type="search"><output></output></label><main><div id="panels"></div>${key.height ? `<svg width="${width}" height="${key.height}">${key.svg}</svg>` : ""}</main>
<footer><p>${clean(about.made)}</p><p>${clean(about.quality)}</p><p>${clean(about.link).replace(/(.{120})/g, "$1 ")}</p></footer>
<script type="application/json" id="settings">${embedded(about)}</script>
<script type="application/json" id="board">${embedded({ width, height, panels: await Promise.all(board.panels.map(drawn)) })}</script>
<script>${plotly.replace(/<\/script/gi, "<\\/script").replace(/<!--/g, "<\\!--")}</script>
<script>(${viewer})()</script></body></html>`;
}

// The receipt inside a PNG: a text chunk (UTF-8) behind its header, as the format provides.
async function labelled(file, text) {
  const raw = new Uint8Array(await file.arrayBuffer()), said = new TextEncoder().encode(`Description\0\0\0\0\0${text}`);
  const chunk = new Uint8Array(said.length + 12), view = new DataView(chunk.buffer);
  view.setUint32(0, said.length);
  chunk.set(new TextEncoder().encode("iTXt"), 4);
  chunk.set(said, 8);
  let sum = -1;
  for (const byte of chunk.subarray(4, said.length + 8)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  view.setUint32(said.length + 8, ~sum >>> 0);
  return new Blob([raw.subarray(0, 33), chunk, raw.subarray(33)], { type: "image/png" });
}
