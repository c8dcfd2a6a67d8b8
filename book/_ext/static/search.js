/* The search page. It looks in searchindex.js, which search_index.py writes: sections of pages and
   terms of the glossary, each with its names and its text. Names count most, then lessons before
   what one looks things up in. It asks no server, so it works from a folder. */
globalThis.alexnetSearch = (() => {
  "use strict";

  // --- words ---------------------------------------------------------------------------------

  // "1 × 1", numbers with points and commas, words with digits and underscores.
  const WORD =
    /\d+(?:\s?[×x]\s?\d+)+(?![a-zA-Z\d_])|\d+(?:[.,]\d+)+(?![a-zA-Z_])|[\p{L}\p{M}\p{N}_]+/gu;
  const HAN = /[\u3400-\u9fff]/;
  const COMMON = new Set(
    (
      "a an and are as at be by can did do does for from has have how i in into is it its many me much my not of " +
      "on or so that the their then there this to use was what when where which why will with you your 的 是 什么 怎么 怎样 如何"
    ).split(" "),
  );

  const known = new Map(); // word -> its parts

  /** Call a function with every word of a text: what is compared, where it begins and ends. */
  function eachWord(text, use) {
    for (const { 0: word, index } of text.matchAll(WORD)) {
      if (!known.has(word)) known.set(word, parts(word));
      for (const [part, from = 0, to = word.length] of known.get(word))
        use(part, index + from, index + to);
    }
  }

  /** Return the words of a text as [[what is compared, where it begins, where it ends], …]. */
  function words(text) {
    const found = [];
    eachWord(text, (...word) => found.push(word));
    return found;
  }

  /** Return what a word is compared as, with the place of a part; Chinese is compared by pairs. */
  function parts(word) {
    if (HAN.test(word)) {
      return [...word.matchAll(/[\u3400-\u9fff]+|[^\u3400-\u9fff]+/g)].flatMap(
        ({ 0: run, index }) =>
          (HAN.test(run) ? pairs(run) : parts(run)).map(([part, from = 0, to = run.length]) => [
            part,
            index + from,
            index + to,
          ]),
      );
    }
    if (/^[\d.,\s×x]+$/.test(word)) {
      const numbers = word.replaceAll(/[\s,]/g, "").split(/[×x]/); // "1,024", "3 × 3"
      if (numbers.length === 1) return [numbers];
      const sizes = numbers.slice(1).map((number, i) => [`${numbers[i]}x${number}`]);
      return numbers.length > 2 ? [[numbers.join("x")], ...sizes] : sizes;
    }
    const plain = word.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
    if (!/[_\d]/.test(plain)) return [[stem(plain)]];
    const pieces = plain.split("_").filter(Boolean);
    return pieces.length > 1 ? [[plain], ...pieces.map((piece) => [stem(piece)])] : [[plain]];
  }

  /** Return the pairs of characters of a Chinese word with their places. */
  function pairs(run) {
    if (run.length === 1) return [[run]];
    return Array.from({ length: run.length - 1 }, (_, i) => [run.slice(i, i + 2), i, i + 2]);
  }

  /** Return a word without its ending: layers, pooled and tuning become layer, pool and tun. */
  function stem(word) {
    if (word.length < 4) return word;
    let root = word
      .replace(/ies$|ied$/, "y")
      .replace(/([^aius])s$/, "$1")
      .replace(/isation$|ise$|ising$|ised$/, (end) => end.replace("s", "z"))
      .replace(/our$/, "or")
      .replace(/([t])re$/, "$1er")
      .replace(/ional$/, "ion");
    const short = root.replace(/(?:ation|ing|ed)$/, "");
    if (short.length > 2 && /[aeiouy]/.test(short)) {
      root = short === root ? root : short.replace(/([^aeioulsz])\1$/, "$1");
    }
    return root.length > 3 ? root.replace(/e$/, "") : root;
  }

  // --- the index -----------------------------------------------------------------------------

  // How much a place counts by its kind: for its text, and for a heading that is what was asked.
  // Names of pages, terms, and the names that search.yml gives count in full.
  const TEXT = { lesson: 1, page: 0.85, term: 0.5, exercise: 0.5, reference: 0.35 };
  const HEADING = { lesson: 0.6, page: 0.7, exercise: 0.35, reference: 0.2 };
  let received = null;
  let pages = [];
  let entries = [];
  let places = new Map(); // word -> Map(number of an entry -> how often)
  const written = new Map(); // word -> how a text has it
  let noted = 0; // entries whose words are noted
  let typical = 1; // words in an entry

  /** Take the index, and answer. */
  function receive(index) {
    received = index;
    start();
  }

  /** Read the index, which takes a moment: so only when something is asked. */
  function read(index) {
    pages = index.pages.map(([name, title, kind]) => ({ name, title, kind }));
    const numbers = new Map(pages.map(({ name }, i) => [name, i]));
    entries = [
      ...index.pages.flatMap(([, title, kind, sections], page) =>
        sections.map((section) => sectionEntry(page, title, kind, section)),
      ),
      ...index.terms.map(([names, chinese, text, page, anchor, own]) => ({
        page: numbers.get(page),
        anchor,
        text,
        own,
        kind: "term",
        title: names[0],
        names: [...names, ...chinese].map((name) => [name, 0.95]),
        chinese: chinese[0],
        context: "",
      })),
    ];
    places = new Map();
    noted = 0;
  }

  /** Note the words of entries for so many milliseconds; return whether all are noted. */
  function noteFor(milliseconds) {
    if (received) read(received);
    received = null;
    const end = performance.now() + milliseconds;
    if (noted === entries.length) return true;
    for (; noted < entries.length && performance.now() < end; noted++) note(entries[noted], noted);
    typical = entries.reduce((all, { size = 0 }) => all + size, 0) / entries.length;
    return noted === entries.length;
  }

  /** Return the entry of a section, whose names are pairs: the name, and how much it counts. */
  function sectionEntry(page, pageTitle, kind, [anchor, heading, text, given, code]) {
    const title = heading || pageTitle;
    const isMain = !heading && kind !== "reference";
    const names = [[title, isMain ? 1 : HEADING[kind]], ...given.map((name) => [name, 1])];
    // Of `alexnet_lib.scratch.conv2d` the last part is a name, too.
    if (kind === "reference") names.push([title.slice(title.lastIndexOf(".") + 1), HEADING[kind]]);
    return { page, anchor, text, code, kind, title, names, context: heading ? pageTitle : "" };
  }

  /** Note which words an entry has. */
  function note(entry, number) {
    const count = (text) => {
      let size = 0;
      eachWord(text, (word, from, to) => {
        size += 1;
        if (!written.has(word)) written.set(word, text.slice(from, to).toLowerCase());
        if (!places.has(word)) places.set(word, new Map());
        const where = places.get(word);
        where.set(number, (where.get(number) ?? 0) + 1);
      });
      return size;
    };
    entry.size = count(entry.text);
    if (entry.code) count(entry.code);
    entry.keys = entry.names.map(([name]) => [...new Set(words(name).map(([word]) => word))]);
    for (const name of new Set(entry.names.map(([text]) => text))) count(name);
    entry.around = new Set(words(entry.context).map(([word]) => word));
  }

  // --- the search ----------------------------------------------------------------------------

  /** Return how much a word tells: much if few entries have it. */
  function weight(word) {
    const count = places.get(word)?.size ?? 0;
    const telling = Math.log(1 + entries.length / (1 + count));
    return COMMON.has(word) ? telling / 10 : telling;
  }

  /** Return what was asked as words that the book has, each with others that stand for it. */
  function understand(query) {
    const asked = [];
    const changed = [];
    for (const [word, from, to] of words(query)) {
      if (asked.some((other) => other.word === word)) continue;
      const typed = query.slice(from, to).toLowerCase();
      let same = [word];
      if (!places.has(word)) {
        // The beginning of a word, while it is typed; else a slip.
        const longer = [...places.keys()].filter((key) => key.startsWith(typed));
        same = longer.length ? longer : nearest(word);
        if (!longer.length && same.length) changed.push([typed, written.get(same[0])]);
      }
      const telling = same.length ? Math.max(...same.map(weight)) : weight(word);
      asked.push({ word, same: new Set(same), weight: telling });
    }
    return { asked, changed };
  }

  /** Return the word of the book that differs least from a misspelled one, or none. */
  function nearest(word) {
    if (word.length < 4 || !/^[a-z]+$/.test(word)) return [];
    const limit = word.length < 8 ? 1 : 2;
    let best = [];
    for (const [key, where] of places) {
      if (key[0] !== word[0] || Math.abs(key.length - word.length) > limit) continue;
      const rank = [distance(key, word), -where.size]; // of equally near ones the commonest
      if (rank[0] > limit) continue;
      if (!best.length || rank[0] < best[1] || (rank[0] === best[1] && rank[1] < best[2]))
        best = [key, ...rank];
    }
    return best.slice(0, 1);
  }

  /** Return how many letters to change, add, drop or swap with the next to make one word the other. */
  function distance(one, other) {
    const rows = [Array.from({ length: other.length + 1 }, (_, j) => j)];
    for (let i = 1; i <= one.length; i++) {
      rows.push([i]);
      for (let j = 1; j <= other.length; j++) {
        const cost = one[i - 1] === other[j - 1] ? 0 : 1;
        rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost);
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
          rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
    return rows[one.length][other.length];
  }

  /** Return how near a name is to what was asked: 1 if they are the same. */
  function likeness(key, asked) {
    const shared = asked.filter(({ same }) => key.some((word) => same.has(word)));
    if (!shared.length) return 0;
    if (shared.length === asked.length && key.length === asked.length) return 1;
    const common = sum(shared);
    const own = key.reduce((all, word) => all + weight(word), 0);
    return Math.min(0.95, (2 * common) / (sum(asked) + Math.max(own, common)));
  }

  /** Return how much words tell together. */
  function sum(some) {
    return some.reduce((all, one) => all + one.weight, 0);
  }

  /** Return the score of an entry: for its names up to 100, for its text up to 30. */
  function score(entry, number, asked, phrase) {
    let name = 0;
    entry.keys.forEach((key, i) => {
      const like = likeness(key, asked);
      const points = like === 1 ? 100 : like > 0.45 ? 60 * like ** 2 : 0;
      name = Math.max(name, points * entry.names[i][1]);
    });
    const found = asked.map(({ same, weight: telling }) => {
      let times = 0;
      for (const word of same) times += places.get(word)?.get(number) ?? 0;
      const around = [...same].some((word) => entry.around.has(word));
      const long = 0.5 + (0.7 * entry.size) / typical;
      const points = telling * (times / (times + long) + (around ? 0.3 : 0));
      return { points, weight: times || around ? telling : 0 };
    });
    const total = sum(asked);
    const text = found.reduce((all, { points }) => all + points, 0) / total;
    const share = sum(found) / total;
    const whole = phrase && share > 0.99 && entry.text.toLowerCase().includes(phrase) ? 0.3 : 0;
    return name + 30 * TEXT[entry.kind] * (share ** 2 * text + whole);
  }

  /** Return the results for a query, the best first, and the words that were taken for others. */
  function find(query) {
    noteFor(Infinity);
    const { asked, changed } = understand(query);
    const phrase = asked.length > 1 && query.trim().toLowerCase();
    const candidates = new Set();
    for (const { same } of asked)
      for (const word of same)
        for (const number of places.get(word)?.keys() ?? []) candidates.add(number);
    const groups = new Map(); // a page and its sections, or a term
    for (const number of candidates) {
      const entry = entries[number];
      const points = score(entry, number, asked, phrase);
      const group = entry.kind === "term" ? `term ${number}` : entry.page;
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push({ entry, points });
    }
    const ranked = [...groups.values()].map((hits) => {
      hits.sort((a, b) => b.points - a.points);
      const others = hits.slice(1, 4).filter(({ points }) => points > hits[0].points / 4);
      const points = hits[0].points + others.reduce((all, hit) => all + hit.points, 0) / 10;
      return { ...hits[0], points, others };
    });
    ranked.sort((a, b) => b.points - a.points);
    const enough = Math.max(2, (ranked[0]?.points ?? 0) / 20);
    const best = ranked.filter(({ points }) => points > enough).slice(0, 40);
    return { results: best.map((hit) => result(hit, asked)), changed };
  }

  /** Return an entry's title and address. */
  function link({ page, anchor, title }) {
    return { title, href: `${pages[page].name}.html${anchor && `#${anchor}`}` };
  }

  /** Return what a result shows of an entry. */
  function result({ entry, points, others }, asked) {
    const { kind, title } = pages[entry.page];
    const { own, context } = entry;
    const chinese = entry.chinese ?? chineseName(entry, asked);
    return {
      ...link(entry),
      points,
      chinese,
      kind,
      excerpt: () => excerpt(entry, asked),
      context: own ? title : context,
      glossary: own && `book/appendix/glossary.html#${own}`,
      more: others.map((hit) => link(hit.entry)),
    };
  }

  /** Return the name in Chinese that is nearest to a question in Chinese, if there is one. */
  function chineseName({ names, keys }, asked) {
    const likes = names.map(([name], i) => (HAN.test(name) ? likeness(keys[i], asked) : 0));
    const most = Math.max(...likes);
    return most > 0.2 && asked.some(({ word }) => HAN.test(word))
      ? names[likes.indexOf(most)][0]
      : "";
  }

  const EXCERPT = 170; // characters

  /** Return the part of an entry's text that has most of what was asked, as [[text, is it a hit?], …]. */
  function excerpt({ text, kind }, asked) {
    const hits = words(text).flatMap(([word, from, to]) => {
      const one = asked.find(({ same }) => same.has(word));
      return one && one.weight > 1 ? [{ from, to, one }] : [];
    });
    const begin = kind === "term" ? 0 : beginning(text, hits);
    let end = kind === "term" ? text.length : Math.min(text.length, begin + EXCERPT);
    if (end < text.length) end = Math.max(text.lastIndexOf(" ", end), begin + EXCERPT / 2);
    const pieces = [[begin ? "… " : "", false]];
    let at = begin;
    for (const { from, to } of hits) {
      if (to <= at || to > end) continue;
      if (from <= at && pieces.at(-1)[1]) pieces.at(-1)[0] += text.slice(at, to); // Chinese pairs
      else
        pieces.push(
          [text.slice(at, Math.max(at, from)), false],
          [text.slice(Math.max(at, from), to), true],
        );
      at = to;
    }
    pieces.push([text.slice(at, end) + (end < text.length ? " …" : ""), false]);
    return pieces.filter(([piece]) => piece);
  }

  /** Return where an excerpt begins: near the place with most of what was asked. */
  function beginning(text, hits) {
    let [place, most] = [0, 0];
    hits.forEach(({ from }, i) => {
      const near = hits.slice(i).filter(({ to }) => to < from + EXCERPT - 40);
      const worth = sum([...new Set(near.map(({ one }) => one))]);
      if (worth > most) [place, most] = [from, worth];
    });
    if (place < 60) return 0;
    const before = text.slice(0, place);
    const sentence = Math.max(...[". ", "? ", "! "].map((end) => before.lastIndexOf(end) + 2));
    return place - sentence < 80 ? sentence : before.lastIndexOf(" ", place - 30) + 1;
  }

  // --- the page ------------------------------------------------------------------------------

  const KINDS = { lesson: "Lesson", page: "Page", exercise: "Exercise", reference: "Reference" };
  const CHINESE_RUN = /([\u3400-\u9fff，。？！：；（）、]+)/;

  /** Return a new element with a class and children; Chinese inside is marked as Chinese. */
  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    for (const child of children) {
      if (typeof child !== "string") element.append(child);
      else
        child.split(CHINESE_RUN).forEach((piece) => {
          if (HAN.test(piece)) {
            const chinese = Object.assign(document.createElement("span"), { textContent: piece });
            chinese.lang = "zh-Hans";
            element.append(chinese);
          } else element.append(piece);
        });
    }
    return element;
  }

  /** Return a link. */
  function linkTo({ title, href }, ...more) {
    return Object.assign(make("a", "", title, ...more), { href });
  }

  /** Return a result as an item of the list. */
  function item(hit) {
    const name = hit.chinese && hit.chinese !== hit.title ? [` ${hit.chinese}`] : [];
    const text = hit.excerpt().map(([piece, isHit]) => (isHit ? make("mark", "", piece) : piece));
    const where = make(
      "p",
      "search-where",
      KINDS[hit.kind],
      ...(hit.context ? [` · ${hit.context}`] : []),
    );
    if (hit.glossary) where.append(" · ", linkTo({ title: "in the glossary", href: hit.glossary }));
    for (const other of hit.more) where.append(" · ", linkTo(other));
    return make(
      "li",
      "",
      make("p", "search-title", linkTo(hit, ...name)),
      make("p", "", ...text),
      where,
    );
  }

  /** Return what the status line says, in the language of the question. */
  function summary(query, { results, changed }) {
    const isChinese = HAN.test(query);
    const count = results.length;
    if (!count)
      return isChinese
        ? `没有找到“${query}”。请换一个词，或查看术语表。`
        : `Nothing found for “${query}”. Try another word, or look into the glossary or the questions.`;
    const taken = changed
      .map(([from, to]) => `Nothing has “${from}”; this is for “${to}”. `)
      .join("");
    const many = `${count} result${count > 1 ? "s" : ""}`;
    return isChinese ? `“${query}”：找到 ${count} 条结果` : `${taken}${many} for “${query}”`;
  }

  /** Show the results for a query. */
  function show(query) {
    const found = query ? find(query) : null;
    const list = make("ol", "search");
    list.append(...(found?.results ?? []).map(item));
    document.querySelector("#search-results").replaceChildren(list);
    document
      .querySelector("#search-status")
      .replaceChildren(...make("span", "", found ? summary(query, found) : "").childNodes);
    document.querySelector("#search-hints").hidden = Boolean(found?.results.length);
  }

  /** Answer what the address asks, and then what is typed. */
  function start() {
    const form = document.querySelector(".bd-search-container form");
    const field = form.querySelector("input");
    let waiting;
    const answer = (keep) => {
      clearTimeout(waiting);
      const query = field.value.trim();
      show(query);
      if (!keep) return;
      try {
        history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : "?");
      } catch {
        // A page from a folder keeps its address.
      }
    };
    field.value = new URLSearchParams(location.search).get("q") ?? "";
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(answer, 150, true);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(true);
    });
    // In slices, so that the page answers meanwhile.
    const prepare = () => (noteFor(15) ? answer() : setTimeout(prepare));
    if (field.value) prepare();
    else answer();
    field.focus();
    field.select();
  }

  return { receive, find };
})();
