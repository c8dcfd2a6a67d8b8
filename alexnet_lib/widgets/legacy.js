/* The legacy widget: a rectangle of cells, with its area and its perimeter.
 *
 * The model's traits are those of legacy.py, and so is the arithmetic. Uses common.js, which
 * stands before it. All of it stands in for yours; convolution.js is the model.
 */

const TRAITS = ["columns", "rows"];
const MOST_COLUMNS = 12;
const MOST_ROWS = 6;

// Every text of the widget.
const TEXT = {
  columns: "Columns",
  rows: "Rows",
  turn: "Swap columns and rows",
  tooMany: `There are at most ${MOST_ROWS} rows, so the rectangle can't be turned.`,
  picture: "Rectangle",
  size: (columns, rows) => `${columns} × ${rows}`,
  facts: { area: "Area", perimeter: "Perimeter" },
  product: (columns, rows, area) => `${columns} · ${rows} = ${area}`,
  around: (columns, rows, perimeter) => `2 · (${columns} + ${rows}) = ${perimeter}`,
  status: (columns, rows, area, perimeter) =>
    `A rectangle of ${columns} columns and ${rows} rows has an area of ${area} ` +
    `and a perimeter of ${perimeter}.`,
};

/** Compute all that is shown. */
function resultsOf({ columns, rows }) {
  return { area: columns * rows, perimeter: 2 * (columns + rows) };
}

function render({ model, el }) {
  const { doc, status, begin } = stage(model, el, "legacy");

  function change(values) {
    status.settle();
    setTraits(model, values);
    model.save_changes();
  }

  const columnsSlider = slider(doc, TEXT.columns, 1, MOST_COLUMNS, (columns) =>
    change({ columns }),
  );
  const rowsSlider = slider(doc, TEXT.rows, 1, MOST_ROWS, (rows) => change({ rows }));
  const turnButton = button(doc, TEXT.turn, () => {
    const { columns, rows } = traitValues(model, TRAITS);
    if (columns > MOST_ROWS) return status.refuse(TEXT.tooMany);
    change({ columns: rows, rows: columns });
  });
  const canvas = make(doc, "canvas", { role: "img" });
  const readout = textSpan(doc);
  const caption = make(doc, "figcaption", { class: "axw-caption" });
  caption.append(make(doc, "strong", { text: TEXT.picture }), readout);
  const picture = make(doc, "figure", {}, caption, canvas);
  const facts = factList(doc, TEXT.facts);

  let inks = null;
  let width = 320;

  function takeSize() {
    width = Math.min(480, picture.clientWidth || width); // 0: not on the page yet
  }

  function draw() {
    const { columns, rows } = traitValues(model, TRAITS);
    const { area, perimeter } = resultsOf({ columns, rows });
    const cell = width / MOST_COLUMNS;
    const context = sizeCanvas(canvas, width, cell * MOST_ROWS);
    context.strokeStyle = inks.ink;
    context.lineWidth = 2;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        context.strokeRect(column * cell + 1, row * cell + 1, cell - 2, cell - 2);
    const sentence = TEXT.status(columns, rows, area, perimeter);
    setLabel(canvas, sentence);
    setText(readout, TEXT.size(columns, rows));
    columnsSlider.show(columns);
    rowsSlider.show(rows);
    facts.show({
      area: TEXT.product(columns, rows, area),
      perimeter: TEXT.around(columns, rows, perimeter),
    });
    status.say(sentence);
  }

  return begin({
    children: [
      box(doc, "axw-sliders", columnsSlider.node, rowsSlider.node),
      box(doc, "axw-steps", turnButton),
      box(doc, "axw-pictures", picture),
      facts.node,
    ],
    traits: TRAITS,
    draw,
    colors: (now) => {
      inks = now;
    },
    sizes: takeSize,
    watch: [picture],
    // el.alexnetWidget.results(): for tests and the curious
    probe: { results: () => resultsOf(traitValues(model, TRAITS)) },
  });
}

export default { render };
