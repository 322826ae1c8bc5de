/* The list of findings: a code, the sentence with its line, what to do; a click goes there, a button mends. */

const KIND = { error: "late", warning: "soon", note: "info" };

const made = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

export const findingsList = ({ place, say, choose, mend, tick }) => {
  let before = "";
  const typed = new Map(); // reasons that are being written, by the key of their warning
  const unfolded = new Set();
  const reasonOf = (finding) => {
    const fold = made("details", "fold finding-tick");
    const form = made("form", "search");
    const field = made("input");
    Object.assign(field, { type: "text", maxLength: 500, value: typed.get(finding.key) ?? finding.ticked });
    field.setAttribute("aria-label", `${say("tick_reason")}: ${finding.code}`);
    field.dataset.tick = finding.key;
    field.addEventListener("input", () => typed.set(finding.key, field.value));
    const button = made("button", "button button-plain", say("tick_save"));
    form.append(field, button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      tick(finding, field.value).then((done) => { if (done) { typed.delete(finding.key); unfolded.delete(finding.key); fold.open = false; } });
    });
    fold.open = unfolded.has(finding.key);
    fold.addEventListener("toggle", () => { if (fold.isConnected) unfolded[fold.open ? "add" : "delete"](finding.key); });
    fold.append(made("summary", "", finding.ticked ? say("ticked", { reason: finding.ticked }) : say("tick")), form);
    return fold;
  };
  const row = (finding) => {
    const item = made("li", "finding");
    const code = made("span", "finding-code");
    code.append(made("span", `chip chip-${KIND[finding.severity]}`, finding.code));
    const words = made("div", "finding-words");
    const go = made("button", "finding-go");
    go.type = "button";
    if (finding.line) go.append(made("b", "", say("line", { n: finding.line })), " ");
    go.append(finding.sentence);
    go.addEventListener("click", () => choose(finding));
    words.append(go, made("p", "small second", finding.hint));
    if (finding.to_tick) words.append(reasonOf(finding));
    item.append(code, words);
    if (finding.mend) {
      const button = made("button", "button button-plain", finding.mend.label);
      button.type = "button";
      button.addEventListener("click", () => mend(finding));
      item.append(button);
    }
    return item;
  };
  const tested = (tests) => {
    const passed = tests.filter((each) => each.passed).length;
    const item = made("li", "finding-fold");
    const fold = made("details", "fold");
    fold.append(made("summary", "", say("tests", { passed, all: tests.length })));
    const list = made("ul", "findings");
    for (const test of tests) {
      const entry = made("li", "finding");
      const code = made("span", "finding-code");
      code.append(made("span", `chip chip-${test.passed ? "ok" : "late"}`, test.passed ? say("passed") : say("failed_test")));
      const go = made("button", "finding-go", test.title);
      go.type = "button";
      go.addEventListener("click", () => choose({ line: test.line, marks: { states: [], ways: [], path: [] } }));
      const words = made("div", "finding-words");
      words.append(go);
      entry.append(code, words);
      list.append(entry);
    }
    fold.append(list);
    item.append(fold);
    return item;
  };
  const show = (findings, tests) => {
    const now = JSON.stringify([findings, tests]);
    if (now === before) return; // what has not changed does not move, and keeps its focus
    before = now;
    const open = findings.filter((each) => !each.accepted);
    const accepted = findings.filter((each) => each.accepted);
    const rows = open.map(row);
    if (!rows.length) {
      const item = made("li", "finding");
      const code = made("span", "finding-code");
      code.append(made("span", "chip chip-ok", say("sound")));
      item.append(code, made("p", "finding-words", say("sound_text")));
      rows.push(item);
    }
    if (accepted.length) {
      const item = made("li", "finding-fold");
      const fold = made("details", "fold");
      fold.append(made("summary", "", say("fold", { n: accepted.length })));
      const list = made("ul", "findings");
      list.append(...accepted.map(row));
      fold.append(list);
      item.append(fold);
      rows.push(item);
    }
    if (tests?.length) rows.push(tested(tests));
    const writing = document.activeElement?.dataset?.tick;
    place.replaceChildren(...rows);
    if (writing) [...place.querySelectorAll("[data-tick]")].find((each) => each.dataset.tick === writing)?.focus();
  };
  return { show };
};
