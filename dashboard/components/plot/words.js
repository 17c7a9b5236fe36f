// Words beside the picture: lists that follow a slider (the neighbours of watched words), and lines of words (windows)
// of which one is chosen by pointing at it.
class Words {
  constructor(board) {
    this.board = board;
    const make = (kind) => Object.assign(document.createElement("div"), { className: kind });
    this.lines = make("es-lines");
    this.lists = make("es-lists");
    this.items = [];
    this.rows = [];
  }

  set(spec) {
    this.setLines(spec.lines);
    this.setLists(spec.lists || []);
  }

  // ---- lines of words
  setLines(lines) {
    this.lines.hidden = !lines;
    this.lines.replaceChildren();
    this.rows = [];
    this.slider = lines && lines.slider;
    if (!lines) return;
    lines.words.forEach((words, at) => {
      const row = Object.assign(document.createElement("div"), { className: "es-line", dir: "auto" });
      const tag = Object.assign(document.createElement("span"), { className: "es-line-tag", textContent: plainText(lines.tags[at], 24) });
      row.append(tag, ...words.map((word, place) => this.word(word, place === lines.marked[at])));
      row.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.board.setSlider(this.slider, at));
      row.addEventListener("click", () => { this.board.setSlider(this.slider, at); this.board.report(); });
      this.lines.append(row);
      this.rows.push(row);
    });
  }

  word(word, marked) {
    const text = plainText(word, 24);
    return Object.assign(document.createElement(marked ? "mark" : "span"), { className: "es-line-word", textContent: marked ? `✗ ${text}` : text });
  }

  choose(at) {
    this.rows.forEach((row, place) => row.setAttribute("aria-current", String(place === at)));
    const row = this.rows[at];
    if (!row || this.lines.matches(":hover")) return;
    const [top, bottom] = [row.offsetTop - this.lines.offsetTop, row.offsetTop - this.lines.offsetTop + row.offsetHeight];
    if (top < this.lines.scrollTop) this.lines.scrollTop = top;
    else if (bottom > this.lines.scrollTop + this.lines.clientHeight) this.lines.scrollTop = bottom - this.lines.clientHeight;
  }

  // ---- lists that follow a slider
  setLists(lists) {
    this.lists.hidden = !lists.length;
    this.items = lists.map((list) => {
      const box = Object.assign(document.createElement("section"), { className: "es-list" });
      box.append(Object.assign(document.createElement("b"), { className: "es-list-title", textContent: plainText(list.title, 24), dir: "auto" }));
      return { ...list, rows: decode(list.rows), scores: decode(list.scores), box, places: [] };
    });
    this.lists.replaceChildren(...this.items.map((item) => item.box));
    for (const item of this.items) this.fill(item, this.at(item));
  }

  at(item) {
    return item.slider ? this.board.values[item.slider] ?? 0 : item.rows.shape[0] - 1;
  }

  fill(item, at) {
    const rows = slice(item.rows, 0, at), scores = slice(item.scores, 0, at);
    this.write(item, Array.from(rows, (row, k) => [item.names[row] ?? "", scores[k]]));
  }

  write(item, pairs) {
    while (item.places.length < pairs.length) {
      const place = Object.assign(document.createElement("div"), { className: "es-list-place" });
      const [name, score] = ["span", "i"].map((tag) => document.createElement(tag));
      name.dir = "auto";
      for (const part of [name, score]) part.append("");
      place.append(name, score);
      item.box.append(place);
      item.places.push({ name, score, written: ["", ""] });
    }
    item.places.forEach((place, k) => {
      const [label, value] = pairs[k] || ["", NaN];
      const words = [label, label && Number.isFinite(value) ? value.toFixed(2).replace("-", "−") : ""];
      if (words[0] !== place.written[0]) place.name.firstChild.data = plainText(label, 24);
      if (words[1] !== place.written[1]) place.score.firstChild.data = words[1];
      place.written = words;
    });
  }

  catchUp() {
    this.resting = null;
    if (!this.late) return;
    this.late = false;
    for (const item of this.items) if (item.slider) this.fill(item, this.at(item));
    this.resting = setTimeout(() => this.catchUp(), 80);
  }

  // New lists of running work: [[[label, score], ...], ...], in the order of the lists.
  live(lists) {
    this.items.forEach((item, k) => lists[k] && this.write(item, lists[k]));
  }

  // Lists are written at most twelve times a second while a slider moves: nobody reads quicker, and the map moves the better.
  follow(names) {
    if (this.items.some((item) => names.includes(item.slider))) {
      this.late = true;
      if (!this.resting) this.catchUp();
    }
    if (this.slider && names.includes(this.slider)) this.choose(this.board.values[this.slider]);
  }
}
