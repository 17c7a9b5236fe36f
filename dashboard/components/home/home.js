// Six living miniatures, each a door. All of them draw real values that the page sends once.
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const ease = (t) => (t < 0 ? 0 : t > 1 ? 1 : t * t * (3 - 2 * t));

function floats(value) {
  const raw = atob(value.bdata), bytes = new Uint8Array(raw.length);
  for (let k = 0; k < raw.length; k++) bytes[k] = raw.charCodeAt(k);
  const array = new Float32Array(bytes.buffer);
  array.shape = String(value.shape).split(",").map(Number);
  return array;
}

// Blue below zero, ground at zero, red above: the signed scale of every page.
function signed(value, dark) {
  const t = Math.max(-1, Math.min(1, value)), strength = Math.abs(t);
  const ground = dark ? [40, 46, 54] : [244, 242, 236], tip = t < 0 ? [33, 102, 172] : [178, 24, 43];
  return `rgb(${ground.map((g, k) => Math.round(g + (tip[k] - g) * strength)).join(",")})`;
}

const SCENES = {
  // The map of words as it trained, epoch by epoch.
  words(pen, w, h, time, { data, colors }) {
    const [frames, rows] = data.frames.shape, hold = 1.6, span = 5;
    const at = calm() ? frames - 1 : Math.min(frames - 1.001, ((time % (span + hold)) / span) * (frames - 1));
    const low = Math.min(Math.floor(at), frames - 1), high = Math.min(low + 1, frames - 1), t = at - low;
    const place = (row, axis) => {
      const a = data.frames[(low * rows + row) * 2 + axis], b = data.frames[(high * rows + row) * 2 + axis];
      return a + (b - a) * t;
    };
    const px = (row) => [w / 2 + place(row, 0) * w * 0.46, h / 2 - place(row, 1) * h * 0.46];
    for (let row = 0; row < rows; row++) {
      pen.fillStyle = data.colors[row];
      pen.beginPath();
      pen.arc(...px(row), 2.6, 0, 7);
      pen.fill();
    }
    pen.font = `12px ${colors.font}`;
    pen.lineJoin = "round";
    for (const [row, label] of data.named) {
      const [x, y] = px(row);
      pen.strokeStyle = colors.ground; pen.lineWidth = 3;
      pen.strokeText(label, x + 5, y + 4);
      pen.fillStyle = colors.text;
      pen.fillText(label, x + 5, y + 4);
    }
  },

  // A photo, its grid, and the patches falling into one line.
  patches(pen, w, h, time, { data, image, colors }) {
    if (!image || !image.naturalWidth) return;
    const { rows, columns } = data, count = rows * columns;
    const side = Math.min((w * 0.5) / columns, (h - 56) / rows), left = (w - side * columns) / 2, top = 8;
    const strip = Math.min(26, (w - 16) / count), period = 7;
    const t = calm() ? 0.62 : (time % period) / period;
    for (let k = 0; k < count; k++) {
      const r = Math.floor(k / columns), c = k % columns;
      const gone = ease((t - 0.18 - (k / count) * 0.4) / 0.14) * (1 - ease((t - 0.94) / 0.05));
      const x0 = left + c * (side + 1.2 * ease(t / 0.12)), y0 = top + r * (side + 1.2 * ease(t / 0.12));
      const x1 = (w - strip * count) / 2 + k * strip, y1 = h - strip - 12;
      const x = x0 + (x1 - x0) * gone, y = y0 + (y1 - y0) * gone, s = side + (strip - 1 - side) * gone;
      pen.drawImage(image, (c * image.naturalWidth) / columns, (r * image.naturalHeight) / rows, image.naturalWidth / columns, image.naturalHeight / rows, x, y, s, s);
      if (gone < 0.02) { pen.strokeStyle = colors.ground; pen.lineWidth = ease(t / 0.12); pen.strokeRect(x, y, side, side); }
    }
  },

  // Hands of the position code: each frequency a clock, the code of pos as a strip below.
  positions(pen, w, h, time, { data, colors }) {
    const [length, dim] = data.codes.shape, pos = calm() ? 12 : (time * 3) % (length - 1);
    const hands = Math.min(6, dim / 2), radius = Math.min(w / (hands * 2.5), h * 0.2), cy = h * 0.31;
    for (let k = 0; k < hands; k++) {
      const angle = pos * data.rates[k], cx = (w * (k + 0.5)) / hands;
      pen.strokeStyle = colors.grid; pen.lineWidth = 1.5;
      pen.beginPath(); pen.arc(cx, cy, radius, 0, 7); pen.stroke();
      pen.strokeStyle = colors.accent; pen.lineWidth = 2.6; pen.lineCap = "round";
      pen.beginPath(); pen.moveTo(cx, cy); pen.lineTo(cx + radius * 0.86 * Math.cos(angle), cy - radius * 0.86 * Math.sin(angle)); pen.stroke();
    }
    const here = Math.round(pos), cell = (w - 16) / dim, lines = 5, tall = Math.min(16, (h * 0.34) / lines);
    for (let line = 0; line < lines; line++) for (let i = 0; i < dim; i++) {
      const p = Math.max(0, Math.min(length - 1, here + line - 2));
      pen.globalAlpha = line === 2 ? 1 : 0.35;
      pen.fillStyle = signed(data.codes[p * dim + i], colors.dark);
      pen.fillRect(8 + i * cell, h * 0.6 + line * tall, cell + 0.5, tall - (line === 2 ? 0 : 1));
    }
    pen.globalAlpha = 1;
    pen.fillStyle = colors.muted; pen.font = `12px ${colors.font}`;
    pen.fillText(`pos ${here}`, 8, h * 0.6 - 6);
  },

  // One word after another with its nearest words and their cosines.
  neighbours(pen, w, h, time, { data, colors }) {
    const at = calm() ? 0 : Math.floor(time / 3.2) % data.length, { word, near } = data[at];
    const grown = calm() ? 1 : ease((time % 3.2) / 0.6), line = (h - 34) / near.length;
    pen.font = `600 15px ${colors.font}`; pen.fillStyle = colors.text; pen.fillText(word, 10, 20);
    pen.font = `13px ${colors.font}`;
    near.forEach(([label, score], k) => {
      const y = 32 + k * line, from = Math.max(84, w * 0.3), full = w - from - 52;
      pen.fillStyle = colors.text; pen.textAlign = "right"; pen.fillText(label, from - 8, y + line * 0.62);
      pen.textAlign = "left";
      pen.fillStyle = colors.accent; pen.fillRect(from, y + line * 0.22, full * Math.max(0, score) * grown, line * 0.56);
      pen.fillStyle = colors.muted; pen.fillText(score.toFixed(2), from + full * Math.max(0, score) * grown + 6, y + line * 0.62);
    });
  },

  // A reader of one word: exact tags find only themselves, the angle finds the near word.
  readers(pen, w, h, time, { data, colors }) {
    const ox = Math.max(26, w * 0.16), oy = h - 14, reach = Math.min(w * 0.6, h * 0.86), swing = calm() ? 1 : ease((time % 6) / 1.2);
    const arrow = (angle, color, label, left = false) => {
      const x = ox + reach * Math.cos(angle), y = oy - reach * Math.sin(angle);
      pen.strokeStyle = color; pen.lineWidth = 2.6; pen.beginPath(); pen.moveTo(ox, oy); pen.lineTo(x, y); pen.stroke();
      pen.fillStyle = color; pen.beginPath(); pen.arc(x, y, 4, 0, 7); pen.fill();
      pen.font = `14px ${colors.font}`; pen.textAlign = left ? "right" : "left";
      pen.fillText(label, x + (left ? -8 : 8), y + 5); pen.textAlign = "left";
    };
    arrow(0.06, colors.accent, data.reader);
    data.articles.forEach(({ tag, cosine, found }) => arrow(0.06 + Math.acos(cosine) * swing, found ? colors.found : colors.muted, `${tag} ${cosine.toFixed(2)}`, !found));
  },

  // W is a table: a word is a row number, its vector is that row.
  table(pen, w, h, time, { data, colors }) {
    const rows = data.labels.length, [, dim] = data.vectors.shape, line = (h - 12) / rows, left = 76, cell = (w - left - 10) / dim;
    const chosen = calm() ? 2 : Math.floor(time / 1.6) % rows;
    pen.font = `13px ${colors.font}`;
    for (let r = 0; r < rows; r++) {
      pen.globalAlpha = r === chosen ? 1 : 0.4;
      pen.fillStyle = colors.text; pen.textAlign = "right"; pen.fillText(data.labels[r], left - 8, 6 + r * line + line * 0.64);
      pen.textAlign = "left";
      for (let c = 0; c < dim; c++) {
        pen.fillStyle = signed(data.vectors[r * dim + c], colors.dark);
        pen.fillRect(left + c * cell, 7 + r * line, cell - 0.6, line - 3);
      }
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = colors.accent; pen.lineWidth = 2;
    pen.strokeRect(left - 1, 6 + chosen * line, cell * dim + 1, line - 1);
  },
};

class Home {
  constructor(root) {
    this.root = root;
    this.grid = Object.assign(document.createElement("div"), { className: "es-home" });
    root.append(this.grid);
    this.began = performance.now();
    this.seen = new IntersectionObserver((entries) => { for (const { target, isIntersecting } of entries) target.live = isIntersecting; });
    this.tick = this.tick.bind(this);
  }

  update(data, go) {
    if (data.url === this.url && data.stamp === this.stamp) return;
    this.stamp = data.stamp;
    this.url = data.url;
    this.go = go;
    fetch(new URL(data.url, document.baseURI.replace(/[^/]*$/, ""))).then((answer) => answer.json()).then((scenes) => this.set(data, scenes));
  }

  set(data, scenes) {
    for (const name of ["words", "positions", "table"]) for (const key of ["frames", "codes", "vectors"]) if (scenes[name][key]) scenes[name][key] = floats(scenes[name][key]);
    this.grid.replaceChildren();
    let photo = null;
    this.cards = data.doors.map(({ scene, title, text, door, href, page }) => {
      const card = Object.assign(document.createElement("a"), { className: "es-door", href });
      card.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab is the browser's business
        event.preventDefault();
        this.go(page);
      });
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", text);
      const make = (tag, kind, words) => Object.assign(document.createElement(tag), { className: kind, textContent: words });
      card.append(canvas, make("h2", "", title), make("p", "", text), make("span", "es-open", door));
      this.grid.append(card);
      const given = { data: scenes[scene] };
      if (scene === "patches") { given.image = new Image(); given.image.src = data.image; photo = given.image; }
      this.seen.observe(canvas);
      return { canvas, draw: SCENES[scene], given };
    });
    this.start();
    // Ready once the photo is there too: without motion it would be missed until the next look.
    const whole = () => { this.start(); this.grid.dataset.ready = "1"; };
    if (photo) photo.decode().then(whole, whole);
    else whole();
  }

  start() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.frame = requestAnimationFrame(this.tick);
  }

  colors() {
    const style = getComputedStyle(this.grid), read = (name) => style.getPropertyValue(name).trim();
    const dark = parseInt((read("--st-background-color") || "#ffffff").slice(1, 3), 16) < 128;
    return { dark, font: style.fontFamily, text: read("--st-text-color"), ground: read("--st-secondary-background-color"), accent: dark ? "#6aa5e3" : read("--st-primary-color"), muted: dark ? "#a8adb5" : "#5c6470", grid: dark ? "#48505a" : "#cfcabf", found: dark ? "#ff8a3d" : "#b84300" };
  }

  tick(now) {
    if (!this.colorsAt || now - this.colorsAt > 500) { this.palette = this.colors(); this.colorsAt = now; }
    for (const { canvas, draw, given } of this.cards) {
      if (canvas.live === false) continue;
      const scale = devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
      if (canvas.width !== Math.round(w * scale)) { canvas.width = Math.round(w * scale); canvas.height = Math.round(h * scale); }
      const pen = canvas.getContext("2d");
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      pen.clearRect(0, 0, w, h);
      pen.textAlign = "left";
      draw(pen, w, h, (now - this.began) / 1000, { ...given, colors: this.palette });
    }
    if (calm()) { this.timer = setTimeout(() => { this.frame = requestAnimationFrame(this.tick); }, 500); return; }
    this.frame = requestAnimationFrame(this.tick);
  }

  end() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.seen.disconnect();
    this.grid.remove();
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  if (!parentElement.__home) parentElement.__home = new Home(parentElement);
  parentElement.__home.update(JSON.parse(data.json), (page) => setTriggerValue("go", page));
  return () => { parentElement.__home.end(); parentElement.__home = null; };
}
