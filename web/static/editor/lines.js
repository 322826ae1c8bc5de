/* The difference of two texts by lines, and how it is shown. */

/* [{kind: same | removed | added, text}]: the longest common lines of two texts. Quick where they share beginning and end. */
export const lineDiff = (old, now) => {
  const [a, b] = [old.split("\n"), now.split("\n")];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const width = y.length + 1;
  const longest = new Uint16Array((x.length + 1) * width);
  for (let i = x.length - 1; i >= 0; i -= 1) {
    for (let j = y.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = x[i] === y[j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const middle = [];
  let [i, j] = [0, 0];
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) { middle.push({ kind: "same", text: x[i] }); i += 1; j += 1; }
    else if (j >= y.length || (i < x.length && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) { middle.push({ kind: "removed", text: x[i] }); i += 1; }
    else { middle.push({ kind: "added", text: y[j] }); j += 1; }
  }
  const same = (text) => ({ kind: "same", text });
  return [...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)];
};

const NEAR = 3; // equal lines shown around a difference

/* Draw a difference: what is only in one of the two, with a sign and words, some lines around it, long equal parts folded. */
export const drawDiff = (place, diff, say) => {
  const near = diff.map((_, at) => diff.slice(Math.max(0, at - NEAR), at + NEAR + 1).some((each) => each.kind !== "same"));
  const rows = [];
  const named = { removed: say("removed"), added: say("added") };
  for (let at = 0; at < diff.length; at += 1) {
    const row = document.createElement("div");
    if (near[at]) {
      const { kind, text } = diff[at];
      row.className = `line-${kind}`;
      if (kind !== "same") {
        const word = document.createElement("span");
        word.className = "for-reader";
        word.textContent = `${named[kind]}: `;
        row.append(word);
      }
      row.append(`${{ same: " ", removed: "−", added: "+" }[kind]} ${text}`);
    } else {
      let n = 1;
      while (at + 1 < diff.length && !near[at + 1]) { at += 1; n += 1; }
      row.className = "line-fold";
      row.textContent = `⋯ ${say("same_lines", { n })}`;
    }
    rows.push(row);
  }
  if (diff.every((each) => each.kind === "same")) {
    const row = document.createElement("div");
    row.className = "line-fold";
    row.textContent = say("same");
    rows.splice(0, rows.length, row);
  }
  place.replaceChildren(...rows);
};
