/* The editor of a draft: puts text, picture, findings and saving together. Without this file the page is a plain form.
   No sentence stands here: words come with the page. */
import { findingsList } from "./findings.js";
import { picture } from "./picture.js";
import { saving } from "./saving.js";
import { textEditor } from "./text.js";

const REST = 250; // milliseconds of rest before a text is checked
const WHOLE = 2500; // of rest before the stored tests and the open cases are asked too
const SLOW = 900; // before it is said that a check runs: nothing blinks
const AGAIN = 4000; // before a check that failed is tried again

const root = document.querySelector("[data-editor]");
const start = JSON.parse(root.dataset.start);
const find = (name) => root.querySelector(`[data-${name}]`);
const say = (key, given = {}) => (start.words[key] || "").replace(/\{(\w+)\}/g, (_, name) => given[name] ?? "");
const form = find("plain");
const token = form.elements.csrf_token.value;

const send = (address, body, signal) => fetch(address, {
  method: "POST", credentials: "same-origin", signal,
  headers: { "Content-Type": "application/json", "X-CSRFToken": token },
  body: JSON.stringify(body),
});

let known = start.checked; // the last answer
let outline = known.outline; // of the last text that could be read
let drawn = null;

const text = textEditor({
  place: find("place"), text: form.elements.text.value, nonce: start.nonce, say, vocabulary: start.vocabulary, names: () => outline?.names || {},
  changed: () => { keep.changed(); whole?.abort(); soon(); },
  moved: (line, column) => { find("cursor").textContent = say("cursor", { line, column }); drawn?.here(line); },
});
drawn = picture({
  root, say, functions: start.vocabulary.names.functions, jump: (line) => { show("text"); text.go(line); },
});
const list = findingsList({
  place: find("findings"), say,
  choose: (finding) => { drawn.choose(finding); if (finding.line) { show("text"); text.go(finding.line, finding.column, finding.length); } },
  mend: (finding) => { show("text"); text.mend(finding.mend); },
  tick: async (finding, reason) => {
    const ticked = await keep.tick(finding.key, reason);
    if (ticked === null) return false;
    for (const each of known.findings) if (each.key === finding.key) each.ticked = ticked;
    list.show(known.findings, known.tests);
    return true;
  },
});
const keep = saving({
  root, start, say, send, text: text.text, put: text.put, clock: () => root.ownerDocument.body.dataset.zone,
});

/* ---- Checking while one types: one question at a time, always about the newest text.
   First what the rules say; once the text rests, also the stored tests and what it means for open cases. ---- */
const page = crypto.randomUUID?.() || String(Math.random()); // its newest question ends the one before
let asking = false;
let whole = null; // what gives up a question that was overtaken
let waiting;
let asked = form.elements.text.value;
const soon = (after = REST) => { clearTimeout(waiting); waiting = setTimeout(check, after); };
const check = async () => {
  if (asking) return; // when that one is answered, the newest text is asked about
  const now = text.text();
  const rested = now === asked;
  if (rested && known.whole) return;
  if (now.length > start.most) { find("picture-said").textContent = say("too_big"); return; }
  asking = true;
  root.dataset.checking = "";
  const slow = setTimeout(() => { find("picture-said").textContent = say("checking"); }, SLOW);
  let next = rested ? null : WHOLE;
  whole = rested ? new AbortController() : null;
  try {
    const answer = await send(start.check, { text: now, whole: rested, page }, whole?.signal);
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    asked = now;
    if (text.text() === now) shown(told);
    if (told.whole) next = null;
    root.dataset.checked = String(Number(root.dataset.checked || 0) + 1);
  } catch {
    if (!whole?.signal.aborted) find("picture-said").textContent = say("unchecked");
    next = AGAIN;
  }
  whole = null;
  clearTimeout(slow);
  asking = false;
  delete root.dataset.checking;
  if (text.text() !== now) soon(REST);
  else if (next !== null) soon(next);
};

const shown = (told) => {
  /* What only the whole judgement says stays until that is asked again. */
  if (!told.whole) { told.findings.push(...known.findings.filter((each) => each.late)); told.tests = known.tests; }
  known = told;
  if (told.outline) outline = told.outline;
  text.mark(told.findings);
  list.show(told.findings, told.tests);
  find("picture-said").textContent = told.outline ? "" : outline ? say("old_picture") : say("no_picture");
  if (comparing) compare();
  else drawn.draw(outline, told);
  const chips = document.querySelector("[data-chips]");
  chips.replaceChildren(...told.chips.flatMap((words, at) => {
    if (!words) return [];
    const chip = document.createElement("span");
    chip.className = `chip chip-${["late", "soon", "info"][at]}`;
    chip.textContent = words;
    return [chip, " "];
  }));
};

/* ---- Compared with the version it was begun from: words, lines, and the picture with what is gone ---- */
const panel = find("compare-panel");
let comparing = null; // the graph of both
const compare = async () => {
  const now = text.text();
  try {
    const answer = await send(start.compare, { text: now });
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    find("compare-words").innerHTML = told.words;
    find("compare-lines").innerHTML = told.lines;
    comparing = told.picture;
    panel.hidden = false;
    find("compare").setAttribute("aria-pressed", "true");
    if (comparing) { drawn.draw(comparing, known); find("picture-said").textContent = say("comparing"); }
  } catch { find("picture-said").textContent = say("unchecked"); }
};
const stopComparing = () => {
  comparing = null;
  panel.hidden = true;
  find("compare").setAttribute("aria-pressed", "false");
  find("picture-said").textContent = "";
  drawn.draw(outline, known);
};
find("compare")?.addEventListener("click", () => (panel.hidden ? compare() : stopComparing()));
find("compare-back")?.addEventListener("click", () => { stopComparing(); find("compare").focus(); });
panel?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-go]");
  if (!link) return;
  event.preventDefault();
  show("text");
  text.go(Number(link.dataset.go));
});

/* ---- The phone shows one part at a time ---- */
const tabs = [...root.querySelectorAll("[data-tab]")];
const show = (view, focus = false) => {
  root.dataset.view = view;
  for (const tab of tabs) {
    const here = tab.dataset.tab === view;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
    if (here && focus) tab.focus();
  }
  if (view === "picture") drawn.fit();
};
tabs.forEach((tab, at) => {
  tab.addEventListener("click", () => show(tab.dataset.tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) show(tabs[(at + step + tabs.length) % tabs.length].dataset.tab, true);
  });
});

form.hidden = true;
find("place").hidden = false;
find("keys").hidden = false;
root.querySelector("#view-picture").hidden = false;
root.querySelector(".editor-tabs").hidden = false;
root.dataset.ready = "";
show("text");
shown(known);
if (!known.whole) soon(REST);
