/* The timeline widget: events on an axis to scale, by period and by kind, and one event to read.
 *
 * A date covers all the days that it may mean: a day is short, a year is long. Events of a kind
 * share a row; where two would overlap, the later one stands higher.
 * The traits are those of timeline.py. Uses common.js, which comes before it in the module.
 */

const TRAITS = ["period", "kind", "index", "events"];

const YEAR = 2012;
const PERIODS = ["all", `before ${YEAR}`, `${YEAR}`, `after ${YEAR}`];
const KINDS = {
  idea: "ideas",
  data: "images",
  tool: "programs and cards",
  experiment: "experiments",
  contest: "contest",
  people: "people",
};
const MONTHS =
  "January February March April May June July August September October November December".split(
    " ",
  );

// Every text of the widget.
const TEXT = {
  period: "Period",
  kind: "Kind",
  every: "all kinds",
  option: (name, n) => `${name} (${n})`,
  first: "First event",
  previous: "Previous event",
  next: "Next event",
  last: "Last event",
  place: (at, n) => `event ${at} of ${n}`,
  many: (n) => (n === 1 ? "1 event" : `${n} events`),
  name: (from, to) => (from === to ? `${from}` : `${from} to ${to}`),
  keys: (n, from, to) =>
    `Timeline, ${TEXT.many(n)}, ${TEXT.name(from, to)}. Arrow keys go from event to event.`,
  noEvents: "Timeline: no event for this choice.",
  none: (kind, period) => `No event of the kind “${kind}”${period}: choose another.`,
  source: "Source: ",
  after: (gap) => {
    const link = gap.startsWith("the same") ? "as" : "after";
    return `${gap[0].toUpperCase()}${gap.slice(1)} ${link} the event before it`;
  },
  earliest: "The first of them",
  list: (n) => `All that is shown as a list (${n})`,
  status: (at, n, date, kind, event, gap, source) =>
    `Event ${at} of ${n}. ${date}, ${kind}: ${event}. ${gap}. Source: ${source}.`,
};

// ------------------------------------------------------------------------------ arithmetic

const DAY = 24 * 60 * 60 * 1000;

/** Return the first day of "2012-09-30", "2012-09" or "2012" and the day after its last (UTC). */
function span(when) {
  const [year, month = 1, day = 1] = when.split("-").map(Number);
  const parts = when.split("-").length;
  const after =
    parts === 3 ? [year, month, day + 1] : parts === 2 ? [year, month + 1, 1] : [year + 1, 1, 1];
  return [[year, month, day], after].map(([y, m, d]) => Date.UTC(y, m - 1, d) / DAY);
}

/** Write a date: 30 September 2012, September 2012 or 2012. */
function dateText(when) {
  const [year, month, day] = when.split("-");
  return [day && String(Number(day)), month && MONTHS[month - 1], year].filter(Boolean).join(" ");
}

/** Write the time from one date to a later one: in days if both have a day, else in years. */
function timeBetween(one, other) {
  const days = span(other)[0] - span(one)[0];
  const exact = (when) => when.split("-").length === 3;
  if (exact(one) && exact(other) && days <= 366)
    return days ? `${days} day${days > 1 ? "s" : ""}` : "the same day";
  const years = yearOf(other) - yearOf(one);
  return years ? `about ${years} year${years > 1 ? "s" : ""}` : "the same year";
}

const yearOf = (when) => Number(when.slice(0, 4));

function isInPeriod(when, period) {
  const year = yearOf(when);
  return (
    period === PERIODS[0] ||
    (period === PERIODS[1] && year < YEAR) ||
    (period === PERIODS[2] && year === YEAR) ||
    (period === PERIODS[3] && year > YEAR)
  );
}

/** Return the first year of the axis and its last. */
function axisYears(events, period) {
  const first = yearOf(events[0].date);
  const last = yearOf(events.at(-1).date);
  const begin = period === PERIODS[2] ? YEAR : period === PERIODS[3] ? YEAR + 1 : first;
  const end = period === PERIODS[2] ? YEAR : period === PERIODS[1] ? YEAR - 1 : last;
  return [Math.min(begin, end), end];
}

/** Return what is shown: which events, where on the axis, and which one to read. */
function calculate(model) {
  const events = model.get("events");
  const period = model.get("period");
  const kind = model.get("kind");
  const index = model.get("index");
  const inside = events.map((event, i) => i).filter((i) => isInPeriod(events[i].date, period));
  const indices = inside.filter((i) => kind === "all" || events[i].kind === kind);
  const counts = { all: inside.length };
  for (const each of Object.keys(KINDS))
    counts[each] = inside.filter((i) => events[i].kind === each).length;
  const years = axisYears(events, period);
  const begin = span(`${years[0]}`)[0];
  const end = span(`${years[1]}`)[1];
  const positions = indices.map((i) =>
    span(events[i].date).map((day) => (day - begin) / (end - begin)),
  );
  const before = indices.filter((i) => i <= index);
  const current = before.length ? before.at(-1) : (indices[0] ?? null);
  const where = period === "all" ? "" : ` ${period === PERIODS[2] ? "in " : ""}${period}`;
  return {
    events,
    period,
    kind,
    indices,
    counts,
    years,
    positions,
    current,
    at: indices.indexOf(current), // among the events shown; −1: none
    rows: Object.keys(KINDS).filter((each) => kind === "all" || kind === each),
    problem: indices.length ? null : TEXT.none(KINDS[kind] ?? kind, where),
  };
}

// ------------------------------------------------------------------------------ drawing

// CSS pixels
const DOT = 4; // radius
const STEP = 2 * DOT + 1; // from one level of a row to the next
const NAME = 18; // a row's name, above it
const AXIS = 26; // the axis with its numbers
const SIDE = 10; // free to the left and to the right

/** Place every event in a picture `width` wide: its dots, rows, height, and the axis. */
function timelineLayout(state, width) {
  const room = width - 2 * SIDE;
  const dots = [];
  const rows = [];
  let top = 0;
  for (const kind of state.rows) {
    const levels = []; // where the last dot of each level lies
    const rowDots = [];
    state.indices.forEach((i, at) => {
      if (state.events[i].kind !== kind) return;
      const [from, to] = state.positions[at];
      const x = SIDE + (room * (from + to)) / 2;
      let level = levels.findIndex((last) => x - last >= STEP);
      if (level < 0) level = levels.length;
      levels[level] = x;
      rowDots.push({ at, x, level, left: SIDE + room * from, right: SIDE + room * to });
    });
    const height = Math.max(1, levels.length) * STEP + 6;
    const ground = top + NAME + height;
    for (const dot of rowDots) dots.push({ ...dot, y: ground - 4 - DOT - dot.level * STEP });
    rows.push({ kind, top, ground });
    top = ground + 4;
  }
  return { dots, rows, height: top + AXIS, axis: top };
}

/** Return the ticks of an axis `width` wide: [place from 0 to 1, text]. */
function axisTicks(state, width) {
  const [first, last] = state.years;
  const begin = span(`${first}`)[0];
  const whole = span(`${last}`)[1] - begin;
  if (first === last) {
    const letters = width < 480 ? 1 : 3;
    return MONTHS.map((name, m) => [
      (span(`${first}-${m + 1}`)[0] - begin) / whole,
      name.slice(0, letters),
    ]);
  }
  const every = [1, 2, 5, 10, 20].find((n) => ((last + 1 - first) / n) * 44 <= width) ?? 50;
  const ticks = [];
  for (let year = Math.ceil(first / every) * every; year <= last + 1; year += every)
    ticks.push([(span(`${year}`)[0] - begin) / whole, String(year)]);
  return ticks;
}

function drawTimeline(context, state, width, layout, inks) {
  const room = width - 2 * SIDE;
  const now = layout.dots.find(({ at }) => at === state.at);
  if (now) drawLine(context, now.x, now.y, now.x, layout.axis, inks.mark, 1.5);
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { kind, top, ground } of layout.rows) {
    // no line behind the name
    context.clearRect(0, top, context.measureText(KINDS[kind]).width + 6, NAME);
    context.fillStyle = inks.soft;
    context.fillText(KINDS[kind], 2, top + NAME / 2 + 1);
    drawLine(context, 0, ground, width, ground, inks.line, 1);
  }
  const months = state.years[0] === state.years[1];
  for (const [place, text] of axisTicks(state, room)) {
    const x = SIDE + room * place;
    drawLine(context, x, layout.axis - 4, x, layout.axis + 4, inks.ink, 1);
    context.fillStyle = inks.soft;
    // a month's name stands under the month, a year's number under its beginning
    context.textAlign = months || x < 20 ? "left" : x > width - 20 ? "right" : "center";
    context.fillText(text, Math.min(width, months ? x + 2 : Math.max(0, x)), layout.axis + 15);
  }
  for (const { x, y, left, right, at } of layout.dots) {
    // all the days that the date may mean
    if (right - left > 2 * DOT) drawLine(context, left + 1, y, right - 1, y, inks.soft, 2);
    if (at !== state.at) drawDisc(context, x, y, DOT, inks.ink);
  }
  if (!now) return;
  drawDisc(context, now.x, now.y, DOT + 1, inks.mark);
  context.beginPath();
  context.arc(now.x, now.y, DOT + 4, 0, 2 * Math.PI);
  context.strokeStyle = inks.mark;
  context.lineWidth = 2;
  context.stroke();
}

function drawLine(context, x1, y1, x2, y2, color, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

function drawDisc(context, x, y, radius, color) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
}

// ------------------------------------------------------------------------------ the widget

const NEAR = 24; // CSS pixels at most from the pointer to an event
const LAST = "M14 2h-2v12h2zM2 2v12l9-6z";

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, root, status, redraw, begin } = stage(model, el, "timeline");
  let state = calculate(model); // everything that is shown
  let layout = null;
  let inks = INKS.light;
  let width = 320;
  let hover = null;

  /** Set what the reader chose, and the event to read, in one message to Python. */
  function change(settings) {
    setTraits(model, settings);
    state = calculate(model);
    if (state.current !== null) model.set("index", state.current);
    model.save_changes();
  }
  const go = (at) => {
    if (state.indices.length) change({ index: state.indices[clamp(at, state.indices.length)] });
  };

  // -- controls
  const periods = PERIODS.map((name) => [name, name]);
  const period = segments(doc, TEXT.period, periods, (value) => change({ period: value }));
  const kind = choice(doc, TEXT.kind, (value) => change({ kind: value }));
  const where = textSpan(doc);
  const buttons = [
    button(doc, TEXT.first, () => go(0), ICONS.first),
    button(doc, TEXT.previous, () => go(state.at - 1), ICONS.previous),
    button(doc, TEXT.next, () => go(state.at + 1), ICONS.next),
    button(doc, TEXT.last, () => go(state.indices.length - 1), LAST),
  ];

  // -- pictures and texts
  const picture = figure(doc);
  const date = make(doc, "strong");
  const group = textSpan(doc);
  const event = make(doc, "span", { class: "axw-event" });
  const gap = textSpan(doc);
  const link = make(doc, "a", { target: "_blank", rel: "noopener" });
  const sourceName = make(doc, "span", { text: TEXT.source });
  const source = make(doc, "span", { class: "axw-small" }, sourceName, link);
  const story = box(doc, "axw-story", date, group, event, gap, source);
  const summary = make(doc, "summary");
  const items = make(doc, "ol");
  const list = make(doc, "details", { class: "axw-list", toggle: redraw }, summary, items);
  let listItems = ""; // which events the list has now

  // -- pointing at the picture, and walking in it
  const nearest = (pointer) => placeUnder(layout?.dots ?? [], pointer, NEAR, ({ x, y }) => [x, y]);
  onWalk(picture.canvas, (down, right) => {
    if (state.problem) return false;
    go(state.at + down + right);
  });
  picture.canvas.addEventListener("pointerdown", (point) => {
    const dot = nearest(point);
    if (dot) go(dot.at);
  });
  const setHover = (point) => {
    hover = point;
    redraw();
  };
  picture.canvas.addEventListener("pointermove", setHover);
  picture.canvas.addEventListener("pointerleave", () => setHover(null));

  /** Describe what lies under the pointer. */
  function readout() {
    const dot = hover && nearest(hover);
    if (!dot) return TEXT.many(state.indices.length);
    const { date: when, event: what } = state.events[state.indices[dot.at]];
    return `${dateText(when)}: ${what}`;
  }

  // -- drawing
  function draw() {
    state = calculate(model);
    layout = timelineLayout(state, width);
    drawTimeline(sizeCanvas(picture.canvas, width, layout.height), state, width, layout, inks);
    const n = state.indices.length;
    const [from, to] = state.years;
    root.classList.toggle("axw-empty", !n);
    period.show(state.period);
    kind.show(state.kind, [
      ["all", TEXT.option(TEXT.every, state.counts.all)],
      ...Object.entries(KINDS).map(([key, name]) => [key, TEXT.option(name, state.counts[key])]),
    ]);
    setText(picture.name, TEXT.name(from, to));
    setText(picture.readout, readout());
    setLabel(picture.canvas, n ? TEXT.keys(n, from, to) : TEXT.noEvents);
    // not at the ends: a button that is disabled loses the focus
    for (const each of buttons) each.disabled = !n;
    setText(where, n ? TEXT.place(state.at + 1, n) : "");
    showStory();
    showList();
  }

  function showStory() {
    for (const node of [group, gap, source]) node.hidden = Boolean(state.problem);
    if (state.problem) {
      setText(date, "");
      setText(event, state.problem);
      return status.say(state.problem);
    }
    const now = state.events[state.current];
    const before = state.at > 0 ? state.events[state.indices[state.at - 1]] : null;
    const ago = before ? TEXT.after(timeBetween(before.date, now.date)) : TEXT.earliest;
    const when = dateText(now.date);
    const kindName = KINDS[now.kind];
    setText(date, when);
    setText(group, kindName);
    setText(event, now.event);
    setText(gap, `${ago}.`);
    setText(link, now.source);
    if (link.getAttribute("href") !== now.url) link.setAttribute("href", now.url);
    const n = state.indices.length;
    status.say(TEXT.status(state.at + 1, n, when, kindName, now.event, ago, now.source));
  }

  /** Write the events as a list, while it is open. */
  function showList() {
    setText(summary, TEXT.list(state.indices.length));
    const indices = list.open ? state.indices : [];
    if (indices.join() === listItems) return;
    listItems = indices.join();
    const rows = indices.map((i) => {
      const { date: when, event: what, source: title, url } = state.events[i];
      const day = make(doc, "strong", { text: dateText(when) });
      const anchor = make(doc, "a", { href: url, target: "_blank", rel: "noopener", text: title });
      return make(doc, "li", {}, day, `: ${what} `, anchor);
    });
    items.replaceChildren(...rows);
  }

  const probe = {
    state() {
      const { indices, positions, counts, current, problem, years } = calculate(model);
      return { indices, positions, counts, current, problem, years };
    },
    layout: () => timelineLayout(calculate(model), width),
    ticks: () => axisTicks(calculate(model), width - 2 * SIDE),
    timeBetween,
    dateText,
    span,
  };
  return begin({
    children: [
      box(doc, "axw-choices", period.node, kind.node),
      picture.node,
      box(doc, "axw-steps", ...buttons, where),
      story,
      list,
    ],
    traits: TRAITS,
    draw,
    probe,
    watch: [picture.node],
    colors: (current) => {
      inks = current;
    },
    sizes: () => {
      width = picture.node.clientWidth || width; // 0 before it is on the page
    },
  });
}

export default { render };
