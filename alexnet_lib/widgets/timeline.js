/* The timeline widget: events on an axis to scale, by period and by kind, one of them to read.
 *
 * A date stands for all the time that it may mean: a day is short, a year is long. Events of a kind
 * share a row; where two would cover one another, the later one stands higher.
 * The model's traits are those of timeline.py. Uses common.js, which stands before it.
 */

const TRAITS = ["period", "kind", "index", "events"];

const YEAR = 2012;
const PERIODS = ["all", `before ${YEAR}`, `${YEAR}`, `after ${YEAR}`];
const KINDS = {
  idea: "ideas", data: "images", tool: "programs and cards", experiment: "experiments", contest: "contest", people: "people",
};
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

// Every word the widget says.
const TEXT = {
  period: "Period", kind: "Kind", every: "all kinds",
  option: (name, n) => `${name} (${n})`,
  first: "First event", previous: "Previous event", next: "Next event", last: "Last event",
  place: (at, n) => `event ${at} of ${n}`,
  many: (n) => (n === 1 ? "1 event" : `${n} events`),
  name: (from, to) => (from === to ? `${from}` : `${from} to ${to}`),
  keys: (n, from, to) =>
    `Timeline, ${n === 1 ? "1 event" : `${n} events`}, ${from === to ? from : `${from} to ${to}`}. Arrow keys go from event to event.`,
  noEvents: "Timeline: no event for this choice.",
  none: (kind, period) => `No event of the kind “${kind}”${period}: choose another.`,
  source: "Source: ",
  after: (gap) => ({ "the same day": "The same day as the event before it", "the same year": "The same year as the event before it" })[gap]
    ?? `${gap[0].toUpperCase()}${gap.slice(1)} after the event before it`,
  earliest: "The first of them",
  list: (n) => `All that is shown as a list (${n})`,
  status: (at, n, date, kind, event, gap, source) => `Event ${at} of ${n}. ${date}, ${kind}: ${event}. ${gap}. Source: ${source}.`,
};

// ------------------------------------------------------------------------------ arithmetic

const DAY = 24 * 60 * 60 * 1000;

/** The first day of "2012-09-30", "2012-09" or "2012" and the day after its last, in days of UTC. */
function span(when) {
  const [year, month = 1, day = 1] = when.split("-").map(Number), parts = when.split("-").length;
  const after = parts === 3 ? [year, month, day + 1] : parts === 2 ? [year, month + 1, 1] : [year + 1, 1, 1];
  return [[year, month, day], after].map(([y, m, d]) => Date.UTC(y, m - 1, d) / DAY);
}

function inWords(when) {
  const [year, month, day] = when.split("-");
  return [day && String(Number(day)), month && MONTHS[month - 1], year].filter(Boolean).join(" ");
}

/** How long from one date to a later one, in words: days where both have a day, else years. */
function between(one, other) {
  const days = span(other)[0] - span(one)[0], exact = (when) => when.split("-").length === 3;
  if (exact(one) && exact(other) && days <= 366) return days ? `${days} day${days > 1 ? "s" : ""}` : "the same day";
  const years = yearOf(other) - yearOf(one);
  return years ? `about ${years} year${years > 1 ? "s" : ""}` : "the same year";
}

const yearOf = (when) => Number(when.slice(0, 4));

function isIn(when, period) {
  const year = yearOf(when);
  return period === PERIODS[0] || (period === PERIODS[1] && year < YEAR) || (period === PERIODS[2] && year === YEAR)
    || (period === PERIODS[3] && year > YEAR);
}

/** The first year of the axis and its last. */
function axisYears(events, period) {
  const first = yearOf(events[0].date), last = yearOf(events.at(-1).date);
  const begin = period === PERIODS[2] ? YEAR : period === PERIODS[3] ? YEAR + 1 : first;
  const end = period === PERIODS[2] ? YEAR : period === PERIODS[1] ? YEAR - 1 : last;
  return [Math.min(begin, end), end];
}

/** All that is shown: which events, where on the axis, and which one is read. */
function compute(model) {
  const events = model.get("events"), period = model.get("period"), kind = model.get("kind"), index = model.get("index");
  const inside = events.map((event, i) => i).filter((i) => isIn(events[i].date, period));
  const indices = inside.filter((i) => kind === "all" || events[i].kind === kind);
  const counts = { all: inside.length };
  for (const one of Object.keys(KINDS)) counts[one] = inside.filter((i) => events[i].kind === one).length;
  const years = axisYears(events, period), [begin, end] = [span(`${years[0]}`)[0], span(`${years[1]}`)[1]];
  const positions = indices.map((i) => span(events[i].date).map((day) => (day - begin) / (end - begin)));
  const before = indices.filter((i) => i <= index), current = before.length ? before.at(-1) : indices[0] ?? null;
  const where = period === "all" ? "" : ` ${period === PERIODS[2] ? "in " : ""}${period}`;
  return {
    events, period, kind, indices, counts, years, positions, current,
    at: indices.indexOf(current), // among those shown; −1: none
    rows: Object.keys(KINDS).filter((one) => kind === "all" || kind === one),
    problem: indices.length ? null : TEXT.none(KINDS[kind] ?? kind, where),
  };
}

// ------------------------------------------------------------------------------ drawing

const DOT = 4, STEP = 2 * DOT + 1; // CSS pixels: a dot's radius, and from one level of a row to the next
const NAME = 18, AXIS = 26; // a row's name above it; the axis and its numbers
const SIDE = 10; // free to the left and to the right

/** Where every event lies in a picture so wide: {x, y, left, right} in CSS pixels, and its height. */
function layOut(S, width) {
  const room = width - 2 * SIDE, dots = [], rows = [];
  let top = 0;
  for (const kind of S.rows) {
    const levels = [], own = []; // where the last dot of each level lies
    S.indices.forEach((i, at) => {
      if (S.events[i].kind !== kind) return;
      const [from, to] = S.positions[at], x = SIDE + room * (from + to) / 2;
      let level = levels.findIndex((last) => x - last >= STEP);
      if (level < 0) level = levels.length;
      levels[level] = x;
      own.push({ at, x, level, left: SIDE + room * from, right: SIDE + room * to });
    });
    const height = Math.max(1, levels.length) * STEP + 6, ground = top + NAME + height;
    for (const dot of own) dots.push({ ...dot, y: ground - 4 - DOT - dot.level * STEP });
    rows.push({ kind, top, ground, empty: !own.length });
    top = ground + 4;
  }
  return { dots, rows, height: top + AXIS, axis: top };
}

/** The round marks of an axis so wide: [where from 0 to 1, its text]. */
function marks(S, width) {
  const [first, last] = S.years, begin = span(`${first}`)[0], whole = span(`${last}`)[1] - begin;
  if (first === last) {
    const letters = width < 480 ? 1 : 3;
    return MONTHS.map((name, m) => [(span(`${first}-${m + 1}`)[0] - begin) / whole, name.slice(0, letters)]);
  }
  const every = [1, 2, 5, 10, 20].find((n) => ((last + 1 - first) / n) * 44 <= width) ?? 50;
  const found = [];
  for (let year = Math.ceil(first / every) * every; year <= last + 1; year += every)
    found.push([(span(`${year}`)[0] - begin) / whole, String(year)]);
  return found;
}

function drawTimeline(context, S, width, plan, inks) {
  const room = width - 2 * SIDE, now = plan.dots.find(({ at }) => at === S.at);
  if (now) line(context, now.x, now.y, now.x, plan.axis, inks.mark, 1.5); // under all that is written
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { kind, top, ground } of plan.rows) {
    context.fillStyle = inks.soft;
    context.fillText(KINDS[kind], 2, top + NAME / 2 + 1);
    line(context, 0, ground, width, ground, inks.line, 1);
  }
  const months = S.years[0] === S.years[1];
  for (const [place, text] of marks(S, room)) {
    const x = SIDE + room * place;
    line(context, x, plan.axis - 4, x, plan.axis + 4, inks.ink, 1);
    context.fillStyle = inks.soft; // the name of a month stands under the month, a year under its beginning
    context.textAlign = months || x < 20 ? "left" : x > width - 20 ? "right" : "center";
    context.fillText(text, Math.min(width, months ? x + 2 : Math.max(0, x)), plan.axis + 15);
  }
  for (const { x, y, left, right, at } of plan.dots) {
    if (right - left > 2 * DOT) line(context, left + 1, y, right - 1, y, inks.soft, 2); // all that the date may mean
    if (at !== S.at) disc(context, x, y, DOT, inks.ink);
  }
  if (!now) return;
  disc(context, now.x, now.y, DOT + 1, inks.mark);
  context.beginPath();
  context.arc(now.x, now.y, DOT + 4, 0, 2 * Math.PI);
  context.strokeStyle = inks.mark;
  context.lineWidth = 2;
  context.stroke();
}

function line(context, x1, y1, x2, y2, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

function disc(context, x, y, radius, colour) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

// ------------------------------------------------------------------------------ the widget

const NEAR = 24; // CSS pixels from the pointer to an event at most
const LAST = "M14 2h-2v12h2zM2 2v12l9-6z";

/** One view of the model, in `el`; returns the function that takes it away again. */
function render({ model, el }) {
  const { doc, root, status, redraw, begin } = stage(model, el, "timeline");
  let S = compute(model), plan = null, inks = INKS.light, width = 320, hover = null;

  /** Set what the reader chose, and the event that is then read, in one message to Python. */
  function change(settings) {
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    S = compute(model);
    if (S.current !== null) model.set("index", S.current);
    model.save_changes();
  }
  const go = (at) => { if (S.indices.length) change({ index: S.indices[within(at, S.indices.length)] }); };

  // -- what there is to set
  const period = segments(doc, TEXT.period, PERIODS.map((name) => [name, name]), (value) => change({ period: value }));
  const kind = choice(doc, TEXT.kind, (value) => change({ kind: value }));
  const where = words(doc);
  const buttons = [
    button(doc, TEXT.first, () => go(0), ICONS.first),
    button(doc, TEXT.previous, () => go(S.at - 1), ICONS.previous),
    button(doc, TEXT.next, () => go(S.at + 1), ICONS.next),
    button(doc, TEXT.last, () => go(S.indices.length - 1), LAST),
  ];

  // -- what there is to see
  const picture = figure(doc);
  const date = make(doc, "strong"), group = words(doc), event = make(doc, "span", { class: "axw-event" }), gap = words(doc);
  const link = make(doc, "a", { target: "_blank", rel: "noopener" });
  const source = make(doc, "span", { class: "axw-small" }, make(doc, "span", { text: TEXT.source }), link);
  const story = make(doc, "div", { class: "axw-story" }, date, group, event, gap, source);
  const summary = make(doc, "summary"), items = make(doc, "ol");
  const list = make(doc, "details", { class: "axw-list", toggle: () => { listed = ""; redraw(); } }, summary, items);
  let listed = ""; // which events the list has now

  // -- pointing at the picture, and walking in it
  function nearest({ offsetX, offsetY }) {
    let found = null, least = NEAR ** 2;
    for (const dot of plan?.dots ?? []) {
      const away = (dot.x - offsetX) ** 2 + (dot.y - offsetY) ** 2;
      if (away < least) [found, least] = [dot, away];
    }
    return found;
  }
  onWalk(picture.canvas, (down, right) => {
    if (S.problem) return false;
    go(S.at + down + right);
  });
  picture.canvas.addEventListener("pointerdown", (point) => {
    const dot = nearest(point);
    if (dot) go(dot.at);
  });
  picture.canvas.addEventListener("pointermove", (point) => { hover = point; redraw(); });
  picture.canvas.addEventListener("pointerleave", () => { hover = null; redraw(); });

  function readout() {
    const dot = hover && nearest(hover);
    if (!dot) return TEXT.many(S.indices.length);
    const { date: when, event: what } = S.events[S.indices[dot.at]];
    return `${inWords(when)}: ${what}`;
  }

  // -- drawing
  function draw() {
    S = compute(model);
    plan = layOut(S, width);
    drawTimeline(fit(picture.canvas, width, plan.height), S, width, plan, inks);
    const n = S.indices.length, [from, to] = S.years;
    root.classList.toggle("axw-empty", !n);
    period.show(S.period);
    kind.show(S.kind, [["all", TEXT.option(TEXT.every, S.counts.all)],
      ...Object.entries(KINDS).map(([key, name]) => [key, TEXT.option(name, S.counts[key])])]);
    setText(picture.name, TEXT.name(from, to));
    setText(picture.readout, readout());
    setLabel(picture.canvas, n ? TEXT.keys(n, from, to) : TEXT.noEvents);
    for (const one of buttons) one.disabled = !n; // not at the ends: a button that goes off loses the focus
    setText(where, n ? TEXT.place(S.at + 1, n) : "");
    showStory();
    showList();
  }

  function showStory() {
    for (const node of [group, gap, source]) node.hidden = Boolean(S.problem);
    if (S.problem) {
      setText(date, "");
      setText(event, S.problem);
      return status.say(S.problem);
    }
    const now = S.events[S.current], before = S.at > 0 ? S.events[S.indices[S.at - 1]] : null;
    const ago = before ? TEXT.after(between(before.date, now.date)) : TEXT.earliest;
    setText(date, inWords(now.date));
    setText(group, KINDS[now.kind]);
    setText(event, now.event);
    setText(gap, `${ago}.`);
    setText(link, now.source);
    if (link.getAttribute("href") !== now.url) link.setAttribute("href", now.url);
    status.say(TEXT.status(S.at + 1, S.indices.length, inWords(now.date), KINDS[now.kind], now.event, ago, now.source));
  }

  /** The events as a list, written only while it is open. */
  function showList() {
    setText(summary, TEXT.list(S.indices.length));
    const wanted = list.open ? S.indices.join() : "";
    if (wanted === listed) return;
    listed = wanted;
    items.replaceChildren(...(list.open ? S.indices : []).map((i) => {
      const { date: when, event: what, source: title, url } = S.events[i];
      return make(doc, "li", {}, make(doc, "strong", { text: inWords(when) }), `: ${what} `,
        make(doc, "a", { href: url, target: "_blank", rel: "noopener", text: title }));
    }));
  }

  const probe = {
    state() {
      const { indices, positions, counts, current, problem, years } = compute(model);
      return { indices, positions, counts, current, problem, years };
    },
    places: () => layOut(compute(model), width),
    marks: () => marks(compute(model), width - 2 * SIDE),
    between, inWords, span,
  };
  return begin({
    children: [
      make(doc, "div", { class: "axw-choices" }, period.node, kind.node),
      picture.node,
      make(doc, "div", { class: "axw-steps" }, ...buttons, where),
      story, list,
    ],
    traits: TRAITS, draw, probe, watch: [picture.node],
    colours: (now) => { inks = now; },
    sizes: () => { width = picture.node.clientWidth || width; }, // 0: not on the page yet
  });
}

export default { render };
