/* The quiz widget: a question at a time, a reason for every answer, in English or Chinese.
 *
 * The model's traits are those of quiz.py, and so is the marking. What a reader has answered stays
 * in the browser, if it lets us. Uses common.js, which stands before it.
 */

const TRAITS = ["language", "at", "answers", "questions"];
const NAMES = ["quiz", "question"];
const LANGUAGE = "alexnet-language"; // where the browser keeps the language; the page may use it
const CHANGED = "alexnet-quiz"; // an event: another quiz of the page has kept something
const MATHML = "http://www.w3.org/1998/Math/MathML";
const TICK = "M2 8.500l2-2 2.500 2.500 5.500-6 2 2-7.500 8z";
const DASH = "M2 6.500h12v3H2z";
const CROSS = "M3 5l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z";

// Every text of the widget.
const TEXT = {
  en: {
    lang: "en",
    gap: " ", // between two sentences
    other: "中文",
    otherLang: "zh-Hans",
    title: "Quiz",
    one: "Choose one answer.",
    several: "Choose every right answer. It may be more than one.",
    number: "Your answer",
    check: "Check",
    show: "Show the answer",
    next: "Next question",
    again: "Start again",
    places: "Questions",
    place: (n, state) => `Question ${n}: ${state}`,
    states: { "": "not answered yet", wrong: "not right yet", right: "right", shown: "shown" },
    right: "Right.",
    wrong: "Not right.",
    shown: (answer) => `The answer: ${answer}.`,
    shownAll: "The right answers are marked.",
    missing: (n) => (n === 1 ? "One right answer is missing." : `${n} right answers are missing.`),
    empty: "Choose an answer first.",
    noNumber: "That is no number. Write it like 912, 0.5 or 1/9.",
    another: "Another number is wanted. Try again, or let the answer be shown.",
    isRight: "right",
    isWrong: "not right",
    status: (n, count, state, right) =>
      `Question ${n} of ${count}: ${state}. Right so far: ${right} of ${count}.`,
    alone: (state) => `A question from the quiz: ${state}.`,
    end: (count, right, once) =>
      `All ${count} questions are done. Right: ${right}, and ${once} of them at once.`,
  },
  zh: {
    lang: "zh-Hans",
    gap: "",
    other: "English",
    otherLang: "en",
    title: "小测验",
    one: "请选择一个答案。",
    several: "请选出所有正确的答案，可能不止一个。",
    number: "你的答案",
    check: "检查",
    show: "显示答案",
    next: "下一题",
    again: "重新开始",
    places: "题目",
    place: (n, state) => `第 ${n} 题：${state}`,
    states: { "": "尚未作答", wrong: "还不对", right: "答对了", shown: "已显示答案" },
    right: "正确。",
    wrong: "不对。",
    shown: (answer) => `答案：${answer}。`,
    shownAll: "正确的答案已标出。",
    missing: (n) => `还少选了 ${n} 个正确答案。`,
    empty: "请先选择一个答案。",
    noNumber: "这不是一个数。请写成 912、0.5 或 1/9 这样的形式。",
    another: "答案是另一个数。请再试一次，或点“显示答案”。",
    isRight: "正确",
    isWrong: "不正确",
    status: (n, count, state, right) =>
      `第 ${n} 题，共 ${count} 题：${state}。到目前为止，一共答对了 ${right} 题，想看哪一题就点哪一题。`,
    alone: (state) => `这是本课小测验中的一道题，想一想再回答。当前状态：${state}。`,
    end: (count, right, once) =>
      `${count} 道题全部完成：答对 ${right} 题，其中 ${once} 题一次答对。想再做一遍，请点“重新开始”。`,
  },
};

// ------------------------------------------------------------------------------ marking

/** Return what a typed number may mean: "1,000" is 1000, or 1 in other countries. */
function typedNumbers(typed, unit) {
  let text = typed.normalize("NFKC").replaceAll("−", "-").trim();
  if (unit && text.endsWith(unit)) text = text.slice(0, -unit.length).trim();
  const grouped = /^[+-]?\d{1,3}([,' ]\d{3})+(\.\d+)?$/.test(text);
  const readings = grouped ? [text.replace(/[,' ]/g, "")] : [];
  readings.push(text.replaceAll(",", "."));
  return readings.map(typedNumber).filter((value) => value !== null);
}

/** Return whether two numbers are equal, but for a tolerance and for rounding. */
const isNear = (value, target, within) =>
  Math.abs(value - target) <= within + 1e-9 * Math.max(1, Math.abs(target));

/** Mark an answer: { right: true, false or null (there is none yet), reasons }. */
function mark({ kind, choices, answer, tolerance, unit, why, near }, given) {
  if (kind !== "number") {
    const chosen = choices.filter((_, i) => given.includes(i));
    if (!chosen.length) return { right: null, reasons: [] };
    const right = choices.every((each, i) => each.right === given.includes(i));
    return { right, reasons: chosen.filter((c) => right || !c.right).map((c) => c.why) };
  }
  const readings = Object.values(unit).flatMap((each) => typedNumbers(given, each));
  if (!readings.length) return { right: null, reasons: [] };
  const any = (target, within) => readings.some((value) => isNear(value, target, within));
  if (any(answer, tolerance)) return { right: true, reasons: [why] };
  const slip = near.find(({ value, within }) => any(value, Math.max(within, tolerance)));
  return { right: false, reasons: slip ? [slip.why] : [] };
}

/** Return what was answered to a question, whatever a file or a browser has kept of it. */
function recordOf({ kind, choices }, kept) {
  const { given, checked, tries, done } = kept ?? {};
  const typed = kind === "number";
  const list = Array.isArray(given) ? given.filter((i) => choices?.[i]) : [];
  return {
    given: typed ? (typeof given === "string" ? given : "") : list,
    checked: Boolean(checked), // and found not right
    tries: Number.isInteger(tries) ? tries : 0,
    done: ["right", "shown"].includes(done) ? done : "",
  };
}

/** Return a number that changes when the question does: an answer to an older one is forgotten. */
function stampOf(question) {
  let stamp = 0;
  for (const sign of JSON.stringify(question)) stamp = mixBits(stamp ^ sign.codePointAt(0));
  return stamp;
}

/** Return the browser's memory; in a private window it may refuse, and then nothing is kept. */
function memory(win) {
  return {
    read(key) {
      try {
        return JSON.parse(win.localStorage.getItem(key));
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        win.localStorage.setItem(key, JSON.stringify(value));
      } catch {
        // it is full, or refuses
      }
    },
  };
}

// ------------------------------------------------------------------------------ the page

/** Make nodes of a text's parts: a str, or an element of HTML or of MathML with parts inside. */
function rich(doc, parts) {
  return parts.map((part) => {
    if (typeof part === "string") return part;
    const [name, ...inside] = part;
    const node = ["code", "em"].includes(name)
      ? doc.createElement(name)
      : doc.createElementNS(MATHML, name);
    node.append(...rich(doc, inside));
    return node;
  });
}

/** Write a number in full. */
const fullText = (value) =>
  (Number.isInteger(value) ? WHOLE.format(value) : String(value)).replace("-", "−");

function render({ model, el }) {
  const { doc, win, life, root, status, redraw, begin } = stage(model, el, "quiz");
  const { quiz, question: only } = traitValues(model, NAMES);
  const kept = memory(win);
  const place = `alexnet-quiz:${quiz}`;
  const group = radioName();

  // -- what is asked and answered
  const languageOf = () => {
    const chosen = model.get("language") || kept.read(LANGUAGE);
    return TEXT[chosen] ? chosen : doc.documentElement.lang.startsWith("zh") ? "zh" : "en";
  };
  const questions = () => model.get("questions");
  const position = () => clamp(model.get("at"), questions().length);
  const current = () => questions()[position()];
  const answerTo = (question) => recordOf(question, model.get("answers")[question.id]);

  /** Change traits as the reader wishes, and keep what was answered. */
  function change(values) {
    setTraits(model, values);
    model.save_changes();
  }
  function answer(values) {
    const question = current();
    const record = { ...answerTo(question), ...values };
    change({ answers: { ...model.get("answers"), [question.id]: record } });
    keep({ [question.id]: { ...record, of: stampOf(question) } });
  }
  function keep(answers) {
    kept.write(place, { ...kept.read(place), ...answers });
    doc.dispatchEvent(new win.Event(CHANGED));
  }

  /** Take up what the browser has kept. */
  function recall() {
    const saved = kept.read(place);
    const answers = { ...model.get("answers") };
    for (const question of saved ? questions() : []) {
      const record = saved[question.id];
      if (record === null) delete answers[question.id]; // begun again
      else if (record?.of === stampOf(question)) answers[question.id] = recordOf(question, record);
    }
    if (JSON.stringify(answers) !== JSON.stringify(model.get("answers")))
      setTraits(model, { answers });
  }
  if (!Object.keys(model.get("answers")).length) {
    recall();
    const open = questions().findIndex((question) => !answerTo(question).done);
    if (open > 0) setTraits(model, { at: open }); // go on where the reader stopped
  }
  life.listen(doc, CHANGED, () => {
    recall();
    redraw(); // the language may be another
  });

  // -- what the reader does
  let moved = false; // to another question: the focus goes there
  const go = (at) => {
    moved = true;
    change({ at });
  };
  let wished = ""; // the answer that was none: it gets a sentence
  function check() {
    const question = current();
    const { given, tries, done } = answerTo(question);
    if (done) return;
    const { right } = mark(question, given);
    if (right === null) {
      wished = JSON.stringify([question.id, given]);
      return redraw();
    }
    answer(right ? { done: "right", checked: false } : { checked: true, tries: tries + 1 });
  }
  const text = () => TEXT[languageOf()];

  // -- the parts
  const title = make(doc, "strong");
  const language = button(doc, "", () => {
    const next = languageOf() === "en" ? "zh" : "en";
    kept.write(LANGUAGE, next);
    change({ language: next });
    doc.dispatchEvent(new win.Event(CHANGED));
  });
  const legend = make(doc, "legend", { tabindex: -1, ...KEYS_ARE_OURS });
  const hint = make(doc, "p", { class: "axw-small" });
  const answers = box(doc, "axw-quiz-answers");
  const field = make(doc, "fieldset", {}, legend, hint, answers);
  const verdict = box(doc, "axw-quiz-verdict");
  verdict.setAttribute("aria-live", "polite");
  const checkButton = button(doc, "", check);
  const showButton = button(doc, "", () => answer({ done: "shown", checked: false }));
  const nextButton = button(doc, "", () => go(nextOpen()));
  const places = make(doc, "div", { class: "axw-segments", role: "group" });
  const again = button(doc, "", () => {
    const blank = Object.fromEntries(questions().map(({ id }) => [id, null]));
    moved = true;
    change({ answers: {}, at: 0 });
    keep(blank); // the other quizzes of the page follow at once
    kept.write(place, {});
  });
  checkButton.classList.add("axw-quiz-check");

  /** Return the number of the next question that isn't done, or simply the next. */
  function nextOpen() {
    const count = questions().length;
    const others = Array.from({ length: count - 1 }, (_, i) => (position() + 1 + i) % count);
    return others.find((i) => !answerTo(questions()[i]).done) ?? others[0];
  }

  /** Say what an answer is worth; nodes are written only if they changed. */
  let said = "";
  function say(paragraphs, kind = "") {
    const nodes = paragraphs.map((parts) => make(doc, "p", {}, ...[parts].flat()));
    const key = kind + nodes.map((node) => node.outerHTML).join("");
    if (key === said) return;
    said = key;
    verdict.className = `axw-quiz-verdict ${kind && `axw-quiz-is-${kind}`}`;
    verdict.replaceChildren(...nodes);
  }

  const markOf = (right, words) =>
    make(
      doc,
      "span",
      { class: `axw-quiz-mark axw-quiz-is-${right ? "right" : "wrong"}` },
      icon(doc, right ? TICK : CROSS),
      ` ${words}`,
    );

  let rows = []; // of the question that is shown: { input, mark, why } for each choice
  let typed = null; // or the field for a number
  function build(question, lang) {
    const texts = text();
    legend.replaceChildren(...rich(doc, question.ask[lang]));
    setText(
      hint,
      question.kind === "number" ? "" : texts[question.kind === "choice" ? "one" : "several"],
    );
    hint.hidden = question.kind === "number";
    rows = [];
    typed = null;
    if (question.kind === "number") {
      typed = numberInput(doc, texts.number);
      typed.setAttribute("inputmode", "text");
      typed.addEventListener("input", () => answer({ given: typed.value, checked: false }));
      typed.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.isComposing) check();
      });
      const unit = textSpan(doc, question.unit[lang], "");
      const label = textSpan(doc, texts.number, "axw-small");
      answers.replaceChildren(make(doc, "label", { class: "axw-quiz-number" }, label, typed, unit));
      return;
    }
    rows = question.choices.map((each, number) => {
      const input = make(doc, "input", {
        type: question.kind === "choice" ? "radio" : "checkbox",
        name: group,
        ...KEYS_ARE_OURS,
        change: () => {
          const given = rows.flatMap((row, i) => (row.input.checked ? [i] : []));
          answer({ given, checked: false });
        },
      });
      const words = make(doc, "span", {}, ...rich(doc, each.text[lang]));
      const label = make(doc, "label", { class: "axw-quiz-choice" }, input, words);
      const why = make(doc, "p", { class: "axw-quiz-why", id: `${group}-${number}` });
      return { input, label, why, node: box(doc, "", label, why), mark: null };
    });
    answers.replaceChildren(...rows.map(({ node }) => node));
  }

  /** Show what was chosen, with marks, and the reasons once the question is done. */
  function showChoices(question, { given, checked, done }, lang) {
    question.choices.forEach((each, i) => {
      const row = rows[i];
      const chosen = given.includes(i);
      row.input.checked = chosen;
      row.input.disabled = Boolean(done);
      const marked = done ? each.right || chosen : checked && chosen;
      const words = marked ? text()[each.right ? "isRight" : "isWrong"] : "";
      if (row.marked !== words) {
        row.mark?.remove();
        row.mark = words ? markOf(each.right, words) : null;
        if (row.mark) row.label.append(row.mark);
        row.marked = words;
      }
      // of one right choice, the reason stands in the verdict
      const beside = done && !(question.kind === "choice" && each.right);
      row.why.hidden = !beside;
      row.why.replaceChildren(...(beside ? rich(doc, each.why[lang]) : []));
    });
  }

  /** Say what the current answer is worth. */
  function judge(question, { given, checked, done }, lang) {
    const texts = text();
    const bold = (words) => make(doc, "strong", { text: words });
    const { kind, choices } = question;
    const reason = (both) => rich(doc, both[lang]);
    if (done) {
      const opening = done === "right" ? texts.right : "";
      if (kind === "several")
        return say([[bold(opening || texts.shownAll)]], done === "right" ? "right" : "shown");
      const unit = kind === "number" ? question.unit[lang] : "";
      const full =
        kind === "number"
          ? [`${fullText(question.answer)} ${unit}`.trim()]
          : rich(doc, choices.find((each) => each.right).text[lang]);
      const why = kind === "number" ? question.why : choices.find((each) => each.right).why;
      const [before, after] = texts.shown("\n").split("\n");
      const begun = opening
        ? [bold(opening)]
        : [bold(before), ...full, /[.。？?]$/.test(full.at(-1)) ? "" : after];
      return say([[...begun, texts.gap, ...reason(why)]], done === "right" ? "right" : "shown");
    }
    if (!checked && wished === JSON.stringify([question.id, given]))
      return say([kind === "number" ? texts.noNumber : texts.empty]);
    if (!checked) return say([]);
    const { reasons } = mark(question, given);
    const paragraphs = reasons.map(reason);
    if (kind === "number" && !reasons.length) paragraphs.push([texts.another]);
    if (kind === "several") {
      const missing = choices.filter((each, i) => each.right && !given.includes(i)).length;
      if (missing) paragraphs.push([texts.missing(missing)]);
    }
    const [first, ...rest] = paragraphs;
    return say([[bold(texts.wrong), texts.gap, ...first], ...rest], "wrong");
  }

  const stateOf = (question) => {
    const { done, tries } = answerTo(question);
    return done || (tries ? "wrong" : "");
  };

  function showPlaces(at, texts) {
    const states = questions().map(stateOf);
    places.setAttribute("aria-label", texts.places);
    if (places.childElementCount !== states.length)
      places.replaceChildren(...states.map((_, i) => button(doc, "", () => go(i))));
    states.forEach((state, i) => {
      const node = places.children[i];
      const key = `${texts.lang} ${state}`;
      if (node.dataset.state !== key) {
        node.dataset.state = key;
        const sign = { right: TICK, wrong: CROSS, shown: DASH }[state];
        node.replaceChildren(String(i + 1), ...(sign ? [" ", icon(doc, sign)] : []));
        node.setAttribute("aria-label", texts.place(i + 1, texts.states[state]));
      }
      if (i === at) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    });
  }

  // -- drawing
  let built = [];
  function draw() {
    const lang = languageOf();
    const texts = text();
    const at = position();
    const question = current();
    const record = answerTo(question);
    const count = questions().length;
    const alone = only !== "" || count === 1;
    root.lang = texts.lang;
    if (built[0] !== question || built[1] !== lang) {
      build(question, lang);
      built = [question, lang];
    }
    setText(title, texts.title);
    setText(language, texts.other);
    language.lang = texts.otherLang;
    for (const [node, words] of [
      [checkButton, texts.check],
      [showButton, texts.show],
      [nextButton, texts.next],
      [again, texts.again],
    ])
      setText(node, words);
    if (typed) {
      if (typed !== doc.activeElement || typed.value !== record.given) typed.value = record.given;
      typed.readOnly = Boolean(record.done);
    } else showChoices(question, record, lang);
    judge(question, record, lang);
    const all = questions().map(answerTo);
    again.hidden = all.every(({ done, tries }) => !done && !tries);
    const pressed = [checkButton, showButton].includes(doc.activeElement);
    checkButton.hidden = showButton.hidden = Boolean(record.done);
    nextButton.hidden = alone || !record.done;
    // its button is gone; the reader's eyes are on the reasons
    if (pressed && record.done) (alone ? again : nextButton).focus({ preventScroll: true });
    showPlaces(at, texts);
    places.hidden = alone;
    const right = all.filter(({ done }) => done === "right");
    if (moved) legend.focus();
    moved = false;
    const state = texts.states[stateOf(question)];
    if (alone) status.say(texts.alone(state));
    else if (all.every(({ done }) => done))
      status.say(texts.end(count, right.length, right.filter(({ tries }) => !tries).length));
    else status.say(texts.status(at + 1, count, state, right.length));
  }

  return begin({
    children: [
      box(doc, "axw-quiz-head", title, language),
      field,
      verdict,
      box(doc, "axw-steps", checkButton, showButton, nextButton),
      box(doc, "axw-quiz-places", places, again),
    ],
    traits: TRAITS,
    draw,
    // for tests and the curious
    probe: { mark: (number, given) => mark(questions()[number], given) },
  });
}

export default { render };
