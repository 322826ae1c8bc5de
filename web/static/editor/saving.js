/* Saving as typed: after a short rest, also what is broken. Overtaken, nothing is overwritten and nothing is lost. */
import { drawDiff, lineDiff } from "./lines.js";

const REST = 1500; // milliseconds of rest before a text is saved
const AGAIN = 5000; // before a save that failed is tried again

export const saving = ({ root, start, say, send, text, put }) => {
  const find = (name) => root.querySelector(`[data-${name}]`);
  let { revision } = start;
  let saved = text();
  let timer;
  let running = false;
  let theirs = null; // what somebody else saved meanwhile

  const tell = (words, state) => {
    find("saved").textContent = words;
    find("saved").dataset.state = state;
  };
  const changed = () => {
    if (theirs) return;
    clearTimeout(timer);
    if (text() === saved) { if (!running) tell(find("saved").dataset.words || find("saved").textContent, "saved"); return; }
    tell(say("waiting"), "waiting");
    timer = setTimeout(save, REST);
  };
  const done = (told, now) => {
    revision = told.revision;
    saved = now;
    find("saved").dataset.words = told.saved;
    tell(told.saved, "saved");
    if (text() !== saved) changed();
  };
  const later = (words) => { tell(words, "failed"); clearTimeout(timer); timer = setTimeout(save, AGAIN); };
  const save = async () => {
    clearTimeout(timer);
    if (running || theirs || text() === saved) return;
    const now = text();
    if (now.length > start.most) { tell(say("too_big"), "failed"); return; }
    running = true;
    tell(say("saving"), "saving");
    try {
      const answer = await send(start.save, { text: now, revision });
      running = false;
      if (answer.ok) done(await answer.json(), now);
      else if (answer.status === 409) overtaken(await answer.json());
      else if (answer.status === 401 || answer.redirected) later(say("signed_out"));
      else if (answer.status === 422) tell((await answer.json()).refused, "failed");
      else if (answer.status === 413) tell(say("too_big"), "failed");
      else later(say("failed"));
    } catch {
      running = false;
      later(say("offline"));
    }
  };

  /* ---- Somebody else saved meanwhile ---- */
  const panel = find("conflict");
  const overtaken = (told) => {
    if (told.text === text()) { done({ revision: told.revision, saved: told.by }, told.text); return; }
    theirs = told;
    find("conflict-said").textContent = told.by;
    find("conflict-diff").hidden = true;
    tell(told.refused, "failed");
    panel.hidden = false;
    panel.focus();
    panel.scrollIntoView({ block: "start" });
  };
  const settled = () => { theirs = null; panel.hidden = true; };
  find("conflict-see").addEventListener("click", () => {
    const place = find("conflict-diff");
    drawDiff(place, lineDiff(theirs.text, text()), say);
    place.hidden = false;
    place.focus();
  });
  find("conflict-theirs").addEventListener("click", (event) => {
    if (!window.confirm(event.currentTarget.dataset.sure)) return;
    const told = theirs;
    settled();
    put(told.text);
    done({ revision: told.revision, saved: told.by }, told.text);
  });
  find("conflict-merged").addEventListener("click", () => {
    revision = theirs.revision;
    settled();
    save();
  });
  find("conflict-copy").addEventListener("click", async (event) => {
    event.currentTarget.disabled = true;
    try {
      const answer = await send(start.copy, { text: text() });
      const told = await answer.json();
      if (answer.ok) { saved = text(); location.assign(told.href); return; }
      tell(told.refused, "failed");
    } catch { tell(say("offline"), "failed"); }
    find("conflict-copy").disabled = false;
  });

  /* Why a warning may stand, told of the text as it is saved. Answers what stands there now, or null. */
  const tick = async (key, reason) => {
    await save();
    if (running || theirs || text() !== saved) return null;
    try {
      const answer = await send(start.tick, { key, reason, revision });
      const told = await answer.json();
      if (answer.ok) { done(told, saved); return told.ticked; }
      if (answer.status === 409) overtaken(told);
      else tell(told.refused, "failed");
    } catch { tell(say("offline"), "failed"); }
    return null;
  };

  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("beforeunload", (event) => { if (text() !== saved) { save(); event.preventDefault(); } });
  return { changed, save, tick };
};
