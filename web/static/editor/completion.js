/* Completion: where the cursor stands in the format, and what may stand there.
   The format and the names come from the server as data (schemas/format_keys.py, schemas/outline.py). */

const KEY = /^(\s*(?:- )*)("[^"]*"|[\w:-]+):(?=\s|$)/;
const WORD = /[\w.:-]*$/;
const ABOVE = 60; // lines looked back at for the beginning of a map in brackets
const COMPARED = /([a-z_][\w.]*)\s*(?:==|!=|(?:not\s+)?in\s*\[[^\]]*)\s*["'][^"']*$/;

const bare = (key) => key.replace(/^"|"$/g, "");

/* Walk over text in brackets: what is open at its end, innermost last. */
export const openAt = (text) => {
  const frames = [];
  let quote = "";
  let word = "";
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    const top = frames.at(-1);
    if (quote) { if (sign === quote && text[at - 1] !== "\\") quote = ""; else word += sign; continue; }
    if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "{" || sign === "[") { frames.push({ sign, key: null, seen: {} }); word = ""; }
    else if (sign === "}" || sign === "]") { frames.pop(); word = ""; }
    else if (sign === "," && top) { if (top.key) top.seen[top.key] = word.trim(); if (top.sign === "{") top.key = null; word = ""; }
    else if (sign === ":" && top?.sign === "{" && top.key === null && /\s|^$/.test(text[at + 1] ?? "")) { top.key = word.trim(); word = ""; }
    else if (sign === "#" && !top && /\s/.test(text[at - 1] ?? " ")) return { frames: [], quote: "", comment: true };
    else word += sign;
  }
  return { frames, quote };
};

/* The keys around a line of a block, outermost first. indent: where its own key begins. */
const above = (doc, number, indent) => {
  const path = [];
  let within = indent;
  for (let at = number - 1; at >= 1 && within > 0; at -= 1) {
    const { text } = doc.line(at);
    if (!text.trim() || text.trimStart().startsWith("#")) continue;
    const outer = /^\s*/.exec(text)[0].length;
    const key = KEY.exec(text);
    const inner = key ? key[1].length : outer;
    if (key && inner < within) { path.unshift(bare(key[2])); within = outer; } else if (outer < within) within = outer;
  }
  return path;
};

/* {path, atKey, word, seen}: the keys around the cursor, and whether a key or a value is being typed. null in a comment. */
export const placeAt = (doc, pos) => {
  const line = doc.lineAt(pos);
  const before = line.text.slice(0, pos - line.from);
  const word = WORD.exec(before)[0];
  let first = line.number;
  let whole = before;
  for (let back = 1; back < ABOVE && first > 1; back += 1) { // the line on which a map in brackets begins, if one is open
    if (KEY.test(doc.line(first).text) && openAt(whole).frames.length > 0) break;
    if (KEY.test(doc.line(first).text) && first < line.number) { first = line.number; whole = before; break; }
    if (KEY.test(doc.line(first).text)) break;
    first -= 1;
    whole = `${doc.line(first).text}\n${whole}`;
  }
  if (openAt(whole).frames.length === 0) { first = line.number; whole = before; }
  const key = KEY.exec(whole);
  const dashes = /^(\s*(?:- )*)/.exec(whole)[1];
  const path = above(doc, first, key ? key[1].length : dashes.length);
  if (dashes.includes("-") || key) { /* an item of a list has the place of the list */ }
  if (!key || (first === line.number && before.length <= key[0].length && !/:\s/.test(before))) {
    const { frames, comment } = openAt(whole.slice(dashes.length));
    if (comment) return null;
    if (!frames.length) return { path, atKey: !dashes.includes("-"), item: dashes.includes("-"), word, seen: {}, before };
  } else path.push(bare(key[2]));
  const { frames, quote, comment } = openAt(whole.slice(key ? key[0].length : dashes.length));
  if (comment) return null;
  for (const frame of frames.slice(0, -1)) if (frame.key) path.push(frame.key);
  const inner = frames.at(-1);
  if (inner?.key) path.push(inner.key);
  return { path, atKey: inner ? inner.sign === "{" && inner.key === null && !quote : false, item: inner?.sign === "[", word, seen: inner?.seen || {}, before };
};

/* The node of the format at a path; a list has the place of its items. */
export const nodeAt = (format, path) => path.reduce((node, key) => node && (node.keys?.[key] ?? node.each ?? null), format);

export const completion = (vocabulary, namesNow) => (context) => {
  const place = placeAt(context.state.doc, context.pos);
  if (!place || (!context.explicit && !place.word)) return null;
  const node = nodeAt(vocabulary.format, place.path);
  if (!node) return null;
  const names = { ...vocabulary.names, ...namesNow() };
  const optionsOf = (field) => names.options?.[field] || vocabulary.options[names.lists?.[field]] || {};
  const named = (kinds, after = "") => (kinds || []).flatMap((kind) => Object.entries(names[kind] || {}).map(([label, detail]) => ({ label, detail, type: kind, apply: label + after })));
  const words = (list, after = "") => (list || []).map((label) => ({ label, type: "word", apply: label + after }));
  const found = [];
  if (place.atKey || (place.item && node.keys)) {
    found.push(...words(Object.keys(node.keys || {}).filter((key) => !(key in place.seen)), ": "));
    if (node.each) found.push(...named(node.of, ": "));
    if (place.seen.by && node.keys?.by) found.push(...Object.entries(optionsOf(place.seen.by)).map(([label, detail]) => ({ label, detail, apply: `${label}: ` })));
  }
  if (!place.atKey) {
    const kinds = new Set(node.of);
    const compared = COMPARED.exec(place.before);
    if (kinds.has("expression") && compared) {
      found.push(...Object.entries(optionsOf(compared[1])).map(([label, detail]) => ({ label, detail, type: "option" })));
    } else {
      if (kinds.has("expression")) {
        found.push(...named(["fields"]), ...vocabulary.calls.map((label) => ({ label, type: "call", apply: `${label}(` })), ...words([...vocabulary.around, "and", "or", "not", "in"]));
      }
      if (kinds.has("duration")) found.push(...words(vocabulary.durations));
      found.push(...words(node.words), ...named([...kinds].filter((each) => !node.each && each !== "expression")));
    }
  }
  const seen = new Set();
  const options = found.filter(({ label }) => !seen.has(label) && seen.add(label));
  return options.length ? { from: context.pos - place.word.length, options, validFor: /^[\w.:-]*$/ } : null;
};
