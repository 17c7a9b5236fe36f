// One file of the whole board: a heading, every panel as it stands, put where it stands, and the legend.
async function drawing(board) {
  const frame = board.grid.getBoundingClientRect(), colors = board.colors(), size = 13 * board.zoomType();
  const top = heading(receipt().title, frame.width, 1.3 * size, colors.text), key = legendKey(board, frame.width, size, colors.text), parts = [];
  for (const panel of board.panels) {
    const { left: x, top: y } = standsAt(board, panel.gd), layout = held(panel), { width, height } = layout;
    Object.assign(layout, { shapes: [...(panel.gd.layout.shapes || []), ...panel.overlay.shapes()], images: [...(panel.gd.layout.images || []), ...panel.overlay.images()] });
    if (panel.spec.showLabels) layout.annotations = [...(panel.gd.layout.annotations || []), ...panel.overlay.annotations()];
    const svg = await Plotly.toImage({ data: panel.written(), layout }, { format: "svg", width, height, imageDataOnly: true });
    if (panel.spec.title) parts.push(lettering(panel.spec.title, x, y - 6, size, colors.text, 'font-weight="600"'));
    parts.push(`<g transform="translate(${x} ${y})">${svg.slice(svg.indexOf("<svg"))}</g>`);
  }
  const width = Math.ceil(frame.width), height = top.height + Math.ceil(frame.height) + key.height;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;
  return { width, height, svg: `${head}<rect width="100%" height="100%" fill="${colors.ground}"/>${top.svg}<g transform="translate(0 ${top.height})">${parts.join("")}</g><g transform="translate(0 ${top.height + Math.ceil(frame.height)})">${key.svg}</g></svg>` };
}

async function save(board, format) {
  let file;
  if (format === "html") file = new Blob([await standalone(board)], { type: "text/html" });
  else {
    const { width, height, svg } = await drawing(board), about = Object.values(receipt()).filter(Boolean).join("\n");
    file = new Blob([svg.replace(">", `><metadata>${escaped(about, 4000)}</metadata>`)], { type: "image/svg+xml" });
    if (format === "png") file = await labelled(await raster(file, width, height, 2), about);
  }
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `embedscope.${format}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function raster(file, width, height, scale) {
  const url = URL.createObjectURL(file), image = new Image(width, height);
  try {
    image.src = url;
    await image.decode();
  } finally {
    URL.revokeObjectURL(url);
  }
  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
