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

function drawn(panel) {
  const { base, spec } = panel, layout = { ...panel.gd.layout, autosize: true, height: panel.gd.clientHeight };
  delete layout.width;
  if (panel.solid) layout.scene = { ...layout.scene, annotations: spec.showLabels ? standing(panel) : [] };
  else {
    layout.shapes = [...(layout.shapes || []), ...panel.overlay.shapes()];
    layout.images = [...(layout.images || []), ...lying(panel)].filter((image) => String(image.source).startsWith("data:"));
    if (spec.showLabels) layout.annotations = [...(layout.annotations || []), ...panel.overlay.annotations()];
  }
  const data = panel.written().map((trace, index) => {
    if (!base || index !== spec.points) return trace;
    const text = panel.labels.map((label, row) => hoverText(label) + (panel.about(row) ? " · " + hoverText(panel.about(row)) : ""));
    const { x, y, z, type, mode, marker } = base, color = spec.groups || spec.gauge ? panel.tints() : marker.color;
    return { x, y, z, type: panel.raster ? "scattergl" : type, mode, text, hovertemplate: text.length ? "%{text}<extra></extra>" : undefined, marker: { ...marker, color, colorscale: undefined, showscale: false } };
  });
  return { data, layout, points: base ? spec.points : null, labels: panel.labels.map((label) => plainText(label, 200)), title: plainText(spec.title || "", 200) };
}

// Runs in the saved file, where nothing of this page is: it may use Plotly and the document only.
function viewer() {
  const board = JSON.parse(document.getElementById("board").textContent), places = [];
  for (const panel of board.panels) {
    const place = document.getElementById("panels").appendChild(document.createElement("div"));
    if (panel.title) place.appendChild(Object.assign(document.createElement("h2"), { textContent: panel.title }));
    const figure = place.appendChild(document.createElement("div"));
    window.Plotly.newPlot(figure, panel.data, panel.layout, { responsive: true, displaylogo: false, scrollZoom: true });
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
  const about = receipt(), colors = board.colors(), clean = (text) => escaped(text, 4000);
  const plotly = await (await fetch(new URL("vendor/plotly.js", document.baseURI.replace(/[^/]*$/, "")))).text();
  const policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; connect-src 'none'";
  const style = `body{font:16px/1.4 sans-serif;margin:1.5rem;background:${colors.ground};color:${colors.text}}h1{font-size:1.3rem}h2{font-size:1rem;margin:0}footer{font-size:.8rem;opacity:.8;overflow-wrap:anywhere}input{font:inherit;padding:.2rem .5rem;margin:0 .5rem}#panels{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr))}#panels>div{min-width:0}`;
  return `<!doctype html>
<html lang="${document.documentElement.lang || "en"}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${clean(about.title) || "Embedscope"}</title><style>${style}</style></head>
<body><h1>${clean(about.title)}</h1><label>${clean(board.words.find)}<input type="search"><output></output></label><div id="panels"></div>
<footer><p>${clean(about.made)}</p><p>${clean(about.quality)}</p><p>${clean(about.link).replace(/(.{120})/g, "$1 ")}</p></footer>
<script type="application/json" id="settings">${embedded(about)}</script>
<script type="application/json" id="board">${embedded({ panels: board.panels.map(drawn) })}</script>
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
