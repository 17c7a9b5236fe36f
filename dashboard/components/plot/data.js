// Arrays as Plotly writes them: {dtype, bdata, shape} with base64 bytes.
const KINDS = { f4: Float32Array, f8: Float64Array, i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array };

function decode(value) {
  if (!value || value.bdata === undefined) return value;
  const raw = atob(value.bdata);
  const bytes = new Uint8Array(raw.length);
  for (let k = 0; k < raw.length; k++) bytes[k] = raw.charCodeAt(k);
  const array = new KINDS[value.dtype](bytes.buffer);
  if (value.shape) array.shape = String(value.shape).split(",").map(Number);
  return array;
}

// A board as it comes: how long the head is (8 bytes), the head (JSON), the long arrays as they are in memory. In the head
// stands {dtype, at, count, shape} where one of them belongs.
function unpacked(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))), start = 8 + length;
  const filled = (value) => {
    if (!value || typeof value !== "object" || (Array.isArray(value) && typeof value[0] !== "object")) return value;
    if (value.at !== undefined && value.dtype) {
      const array = new KINDS[value.dtype](buffer, start + value.at, value.count);
      array.shape = String(value.shape).split(",").map(Number);
      return array;
    }
    for (const name of Object.keys(value)) value[name] = filled(value[name]);
    return value;
  };
  filled(head);
  for (const panel of head.panels) if (panel.labels.same !== undefined) panel.labels = head.panels[panel.labels.same].labels;
  return head;
}

// Rows as bits in base64, and back as a 0 or 1 for each of `count` rows.
function packedBits(rows, count) {
  const bytes = new Uint8Array(Math.ceil(count / 8));
  for (const row of rows) bytes[row >> 3] |= 1 << (row & 7);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

function unpackedBits(bits, count) {
  const raw = atob(bits), out = new Uint8Array(count);
  for (let row = 0; row < count; row++) out[row] = (raw.charCodeAt(row >> 3) >> (row & 7)) & 1;
  return out;
}

// A colour between evenly spaced ones; grey where there is no number.
function gradient(steps, share) {
  if (!Number.isFinite(share)) return "rgba(140, 146, 154, 0.5)";
  const at = Math.min(1, Math.max(0, share)) * (steps.length - 1), low = Math.min(steps.length - 2, Math.floor(at)), part = at - low;
  return `rgb(${[0, 1, 2].map((k) => Math.round(steps[low][k] + (steps[low + 1][k] - steps[low][k]) * part)).join(", ")})`;
}

const shortNumber = (value) => String(Number(Number(value).toPrecision(3)));

// The bar beside a picture coloured by a number.
function colorBar(gauge) {
  const box = Object.assign(document.createElement("span"), { className: "es-gauge" });
  const text = (words) => Object.assign(document.createElement("span"), { textContent: words });
  const bar = Object.assign(document.createElement("i"), { className: "es-gauge-bar" });
  bar.style.background = `linear-gradient(to right, ${gauge.colors.join(", ")})`;
  box.append(text(plainText(gauge.title, 64)), text(shortNumber(gauge.low)), bar, text(shortNumber(gauge.high)));
  return box;
}

// One matrix of a stack, a view.
function layer(stack, at) {
  const [count, rows, columns] = stack.shape, size = rows * columns;
  const start = Math.min(Math.max(at, 0), count - 1) * size;
  return Object.assign(stack.subarray(start, start + size), { shape: [rows, columns] });
}

// One row or column of a matrix; columns are copied, rows are views. Of a stack of matrices, one of them as its rows.
function slice(matrix, axis, at) {
  if (matrix.shape.length === 3) {
    const whole = layer(matrix, at);
    return rowsOf(whole);
  }
  const [rows, columns] = matrix.shape;
  if (axis === 0) {
    const row = Math.min(Math.max(at, 0), rows - 1);
    return matrix.subarray(row * columns, (row + 1) * columns);
  }
  const column = Math.min(Math.max(at, 0), columns - 1);
  const out = new matrix.constructor(rows);
  for (let r = 0; r < rows; r++) out[r] = matrix[r * columns + column];
  return out;
}

// Every so many-th value, from the first on.
function every(values, [first, step]) {
  const out = new values.constructor(Math.max(0, Math.ceil((values.length - first) / step)));
  for (let k = 0; k < out.length; k++) out[k] = values[first + k * step];
  return out;
}

// One number of a matrix of any depth; null outside it.
function cell(matrix, places) {
  let at = 0;
  for (const [axis, place] of places.entries()) {
    if (!(place >= 0 && place < matrix.shape[axis])) return null;
    at = at * matrix.shape[axis] + place;
  }
  return matrix[at];
}

// The arithmetic of a line of text that follows the sliders.
const OPERATIONS = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "^": (a, b) => a ** b, "<": (a, b) => Number(a < b) };

// The colour of a value on a marker's scale, whose stops are rgb(...).
function shade({ colorscale, cmin, cmax }, value) {
  const share = Math.min(1, Math.max(0, (value - cmin) / (cmax - cmin || 1)));
  const at = Math.max(1, colorscale.findIndex(([stop]) => stop >= share));
  const [[low, from], [high, to]] = [colorscale[at - 1], colorscale[at]], part = (share - low) / (high - low || 1);
  const [a, b] = [from, to].map((color) => color.match(/\d+/g).map(Number));
  return `rgb(${a.map((one, k) => Math.round(one + (b[k] - one) * part)).join(", ")})`;
}

// Labels are data: shown as text, cut when long, with invisible direction marks taken out.
function plainText(label, limit = 40) {
  const text = String(label).replace(/[\u0000-\u001f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
  return text.length > limit ? text.slice(0, limit - 1) + "…" : text;
}

// Plotly reads some markup in hover text; this leaves none.
const escaped = (label, limit) => plainText(label, limit).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const hoverText = (label) => escaped(label, 80);

// The document asks for it where a page is long in coming; whoever is earlier asks here.
function loadPlotly() {
  window.__embedscopePlotly ||= new Promise((done, failed) => {
    if (window.Plotly) return done(window.Plotly);
    const script = document.getElementById("es-plotly") || document.head.appendChild(Object.assign(document.createElement("script"), { src: new URL("vendor/plotly.js", document.baseURI.replace(/[^/]*$/, "")).href }));
    script.addEventListener("load", () => done(window.Plotly));
    script.addEventListener("error", () => { script.remove(); window.__embedscopePlotly = null; failed(new Error("plotly did not load")); });
  });
  return window.__embedscopePlotly;
}

// A layout with its margins and type as large as the reader's type asks for.
function enlarged(part, zoom, inside = "") {
  if (zoom === 1 || Array.isArray(part) && typeof part[0] !== "object") return part;
  if (Array.isArray(part)) return part.map((each) => enlarged(each, zoom));
  const grows = (name, value) => typeof value === "number" && (inside === "margin" || name === "standoff" || inside === "font" && name === "size");
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [
    name, grows(name, value) ? value * zoom : value && typeof value === "object" && value.bdata === undefined ? enlarged(value, zoom, name) : value,
  ]));
}

const calmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
