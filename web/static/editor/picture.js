/* The picture beside the text: elk says where things stand, this draws them as SVG with classes only.
   A click or Enter goes to the line; what the cursor is in is lit; a chosen finding shows its witness. */
import { HEIGHT, TRACK, WIDTH, arrows, hangings, isMain, layOut, shapeOf, stagesOf } from "./graph.js";
import { beside } from "./labels.js";

const NS = "http://www.w3.org/2000/svg";
const LINE = 23; // characters of a label in one line
const REST = 350; // milliseconds before a changed shape is laid out again
const STEP = 1.25;
const LEAST = 0.78; // below that the labels cannot be read: the frame scrolls instead

const draw = (tag, attributes = {}, ...inside) => {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  node.append(...inside);
  return node;
};
const made = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

/* A label in at most two lines. */
const wrapped = (label, most = 2) => {
  const lines = [""];
  for (const word of label.split(/\s+/)) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= LINE || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  if (lines.length > most) { lines.length = most; lines[most - 1] = `${lines[most - 1].slice(0, LINE - 1)}…`; }
  return lines;
};
const short = (label, most) => (label.length > most ? `${label.slice(0, most - 1)}…` : label);

/* An arrow with round corners. */
const pathOf = (points, radius = 7) => points.map(([x, y], at) => {
  if (at === 0) return `M${x} ${y}`;
  const next = points[at + 1];
  if (!next) return `L${x} ${y}`;
  const [[px, py], [nx, ny]] = [points[at - 1], next];
  const cut = (ax, ay) => { const far = Math.hypot(ax - x, ay - y) || 1; const r = Math.min(radius, far / 2); return `${x + ((ax - x) / far) * r} ${y + ((ay - y) / far) * r}`; };
  return `L${cut(px, py)} Q${x} ${y} ${cut(nx, ny)}`;
}).join(" ");
/* A side road: a bow from box to box, past what stands between. */
const bowed = (a, b) => {
  const down = b.y > a.y + HEIGHT;
  const up = b.y + HEIGHT < a.y;
  if (!down && !up) {
    const right = b.x > a.x;
    const [x1, x2] = [a.x + (right ? WIDTH : 0), b.x + (right ? 0 : WIDTH)];
    return `M${x1} ${a.y + HEIGHT / 2} C${(x1 + x2) / 2} ${a.y + HEIGHT / 2} ${(x1 + x2) / 2} ${b.y + HEIGHT / 2} ${x2} ${b.y + HEIGHT / 2}`;
  }
  const [y1, y2] = down ? [a.y + HEIGHT, b.y] : [a.y, b.y + HEIGHT];
  const bend = Math.min(90, Math.abs(y2 - y1) / 2) * (down ? 1 : -1);
  const [x1, x2] = [a.x + WIDTH / 2 + 30, b.x + WIDTH / 2 + 30];
  return `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
};
const besides = (a, b) => [(a.x + b.x + WIDTH) / 2, Math.abs(a.y - b.y) <= HEIGHT ? Math.max(a.y, b.y) + HEIGHT + 15 : (a.y + b.y + HEIGHT) / 2];
const middle = (points) => {
  let best = [points[0], points[0], -1];
  for (let at = 1; at < points.length; at += 1) {
    const long = Math.hypot(points[at][0] - points[at - 1][0], points[at][1] - points[at - 1][1]);
    if (long > best[2]) best = [points[at - 1], points[at], long];
  }
  return [(best[0][0] + best[1][0]) / 2, (best[0][1] + best[1][1]) / 2];
};

export const picture = ({ root, say, functions, jump }) => {
  const box = root.querySelector("[data-graph]");
  const words = root.querySelector("[data-graph-list]");
  let shape = "";
  let placed = null; // the last layout
  let outline = null;
  let told = null;
  let chosen = null; // the finding whose witness is shown
  let line = 1; // of the cursor
  let zoom = 0; // 0: as wide as the frame
  let timer;

  const name = (key) => functions[key] || key;
  const ways = (state) => outline.ways.filter((way) => way.from.includes(state.key));
  const actors = (list) => [...new Set(list.flatMap((way) => way.by))].map(name);
  const limits = (state) => state.limits.filter((each) => each.text).map((each) => (each.kind === "every" ? say("every", { text: each.text }) : say("limit", { text: each.text })));

  /* ---- Drawing ---- */
  const became = (part, key) => outline.touched?.[part][key] || "";
  const saidOf = (what) => (what === "added" ? say("was_added") : what === "changed" ? say("was_changed") : what === "removed" ? say("was_removed") : "");
  const state = (each) => {
    const what = became("states", each.key);
    const { x, y } = placed.nodes[each.key];
    const lines = wrapped(each.title);
    const doing = actors(ways(each).filter(isMain));
    const cases = told.open_cases?.[each.key];
    const kinds = [each.initial && say("initial"), each.final && say("final"), each.exceptional && say("exceptional")].filter(Boolean);
    const full = [each.title, saidOf(what), ...kinds, ...limits(each), doing.length && say("by", { names: doing.join(", ") }), cases && say("open_cases", { n: cases }), each.line && say("jump", { n: each.line })].filter(Boolean).join("; ");
    const node = draw("g", { class: `graph-state${what && ` was-${what}`}`, role: "button", tabindex: "-1", "aria-label": full, "data-key": each.key, "data-line": each.line, "data-end": each.end, transform: `translate(${x} ${y})` });
    node.append(draw("title", {}, full));
    node.append(draw("rect", { class: `node${each.final ? " node-final" : ""}${each.initial ? " node-initial" : ""}${each.exceptional ? " node-aside" : ""}`, width: WIDTH, height: HEIGHT, rx: 8 }));
    const limit = each.limits.find((one) => one.text);
    const below = [limit && ["graph-limit", `◷ ${short(limit.text, 25)}`], doing.length && ["graph-by", short(doing[0], doing.length > 1 ? 22 : 26) + (doing.length > 1 ? ` +${doing.length - 1}` : "")]].filter(Boolean);
    if (lines.length > 1) below.length = Math.min(below.length, 1);
    const high = lines.length * 16 + below.length * 14;
    let at = (HEIGHT - high) / 2 + 12;
    if (what) node.append(draw("text", { class: "graph-was", x: 8, y: -5 }, `${{ added: "+", changed: "~", removed: "−" }[what]} ${saidOf(what)}`));
    for (const text of lines) { node.append(draw("text", { class: "graph-title", x: WIDTH / 2, y: at, "text-anchor": "middle" }, text)); at += 16; }
    for (const [look, text] of below) { node.append(draw("text", { class: look, x: WIDTH / 2, y: at, "text-anchor": "middle" }, text)); at += 14; }
    if (cases) {
      node.append(draw("circle", { class: "graph-count", cx: WIDTH - 4, cy: 4, r: 11 }), draw("text", { class: "graph-count-number", x: WIDTH - 4, y: 8, "text-anchor": "middle" }, String(cases)));
    }
    return node;
  };
  const arrow = (each) => {
    const points = placed.edges[each.id] || null;
    const [a, b] = [placed.nodes[each.from], placed.nodes[each.to]];
    if (!a || !b) return [];
    const whats = each.ways.map((way) => became("ways", way.key));
    const what = whats.every((one) => one === whats[0]) ? whats[0] : whats.some(Boolean) ? "changed" : "";
    const titles = each.ways.map((way) => way.title).join(" / ");
    const full = [`${title(each.from)} → ${title(each.to)}: ${titles}`, saidOf(what), say("by", { names: actors(each.ways).join(", ") }), each.ways[0].line && say("jump", { n: each.ways[0].line })].filter(Boolean).join("; ");
    const path = points?.length ? pathOf(points) : bowed(a, b);
    const node = draw("g", { class: `graph-edge${each.main || what ? "" : " edge-aside"}${what && ` was-${what}`}`, role: "button", tabindex: "-1", "aria-label": full, "data-from": each.from, "data-to": each.to, "data-ways": each.ways.map((way) => way.key).join(" "), "data-line": each.ways[0].line });
    node.append(draw("title", {}, full), draw("path", { class: "edge-reach", d: path }), draw("path", { class: "edge", d: path, "marker-end": "url(#graph-tip)" }));
    const [x, y] = points?.length ? middle(points) : besides(a, b);
    const label = draw("text", { class: "edge-label", x, y: y - 3, "text-anchor": "middle" }, short(titles, 34));
    label.dataset.from = each.from;
    label.dataset.to = each.to;
    label.dataset.ways = node.dataset.ways;
    label.along = node.querySelector(".edge");
    return [node, label];
  };
  const track = (each) => {
    const spot = placed.tracks[each.key];
    if (!spot) return null;
    const full = `${say("track")}: ${each.title}; ${say("jump", { n: each.line })}`;
    const node = draw("g", { class: "graph-track", role: "button", tabindex: "-1", "aria-label": full, "data-line": each.line, transform: `translate(${spot.x} ${spot.y})` });
    node.append(draw("title", {}, full), draw("rect", { class: "node-track", ...TRACK, rx: TRACK.height / 2 }), draw("text", { class: "graph-by", x: TRACK.width / 2, y: 19, "text-anchor": "middle" }, `${each.code} · ${short(each.title, 18)}`));
    return node;
  };
  const title = (key) => outline.states.find((each) => each.key === key)?.title || key;

  const tip = (id, look) => draw("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" }, draw("path", { class: look, d: "M0 0 L8 4 L0 8 z" }));

  const paint = () => {
    if (!outline || !placed) return;
    const focused = document.activeElement?.closest?.(".graph svg [data-key]")?.dataset.key;
    const svg = draw("svg", { viewBox: `${placed.x} ${placed.y} ${placed.width} ${placed.height}`, role: "group", "aria-label": box.getAttribute("aria-label") });
    svg.append(draw("defs", {}, tip("graph-tip", "edge-tip"), tip("graph-tip-here", "edge-tip-here"), tip("graph-tip-wrong", "edge-tip-wrong")));
    for (const group of placed.groups) {
      svg.append(draw("rect", { class: "group", x: group.x, y: group.y, width: group.width, height: group.height, rx: 10 }));
      svg.append(draw("text", { class: "group-title", x: group.x + 14, y: group.y + 21 }, group.title || say("no_stage")));
    }
    const parts = arrows(outline).map(arrow).filter((each) => each.length);
    svg.append(...parts.map(([node]) => node));
    for (const each of hangings(outline)) {
      for (const key of each.at) if (placed.edges[`${key}~${each.key}`]) svg.append(draw("path", { class: "edge edge-track", d: pathOf(placed.edges[`${key}~${each.key}`]) }));
    }
    svg.append(...outline.states.filter((each) => placed.nodes[each.key]).map(state), ...hangings(outline).map(track).filter(Boolean), ...parts.map(([, label]) => label));
    box.replaceChildren(svg);
    size();
    light();
    const first = svg.querySelector("[role=button]");
    const back = focused && svg.querySelector(`[data-key="${CSS.escape(focused)}"]`);
    (back || first)?.setAttribute("tabindex", "0");
    back?.focus();
  };

  /* ---- What is lit: where the cursor is, what is wrong, the witness of the chosen finding ---- */
  const light = () => {
    const svg = box.querySelector("svg");
    if (!svg || !outline) return;
    const way = outline.ways.find((each) => each.line && each.line <= line && line <= each.end);
    const here = way ? null : outline.states.find((each) => each.line && each.line <= line && line <= each.end);
    const wrong = new Set(told.findings.filter((each) => each.severity === "error").flatMap((each) => each.marks.states));
    const doubtful = new Set(told.findings.filter((each) => each.severity === "warning" && !each.accepted).flatMap((each) => each.marks.states));
    const bad = new Set(told.findings.filter((each) => each.severity === "error").flatMap((each) => each.marks.ways));
    const path = new Set(chosen?.marks.path || []);
    for (const node of svg.querySelectorAll(".graph-state")) {
      const { key } = node.dataset;
      node.classList.toggle("is-here", key === here?.key);
      node.classList.toggle("is-wrong", wrong.has(key));
      node.classList.toggle("is-doubtful", !wrong.has(key) && doubtful.has(key));
    }
    const labels = [];
    for (const node of svg.querySelectorAll(".graph-edge, .edge-label")) {
      const keys = (node.dataset.ways || "").split(" ");
      const lit = way ? keys.includes(way.key) : Boolean(here) && node.dataset.from === here.key;
      const red = keys.some((key) => path.has(key)) || (chosen && keys.some((key) => chosen.marks.ways.includes(key)));
      node.classList.toggle("is-here", lit);
      node.classList.toggle("is-wrong", Boolean(red) || keys.some((key) => bad.has(key)));
      node.classList.toggle("is-seen", lit || Boolean(red));
      if (node.matches(".edge-label.is-seen")) labels.push(node);
      if (node.matches(".graph-edge")) node.querySelector(".edge").setAttribute("marker-end", `url(#graph-tip${red || keys.some((key) => bad.has(key)) ? "-wrong" : lit ? "-here" : ""})`);
    }
    beside(svg, labels);
    svg.querySelectorAll(".graph-loop").forEach((node) => node.remove());
    const loops = told.findings.map((each) => each.marks.loop).filter(Boolean);
    for (const loop of loops) {
      const spot = placed.nodes[loop.state];
      if (!spot) continue;
      const [x, y] = [spot.x + WIDTH / 2, spot.y];
      svg.append(draw("g", { class: "graph-loop" }, draw("path", { d: `M${x - 28} ${y} C${x - 28} ${y - 26} ${x + 28} ${y - 26} ${x + 28} ${y}` }), draw("text", { x, y: y - 25, "text-anchor": "middle" }, short(loop.text, 60))));
    }
    const at = svg.querySelector(".graph-state.is-here");
    if (at && !box.contains(document.activeElement)) bring(at);
  };
  const bring = (node) => {
    const [seen, at] = [box.getBoundingClientRect(), node.getBoundingClientRect()];
    if (at.top < seen.top || at.bottom > seen.bottom) box.scrollTop += (at.top + at.bottom - seen.top - seen.bottom) / 2;
    if (at.left < seen.left || at.right > seen.right) box.scrollLeft += (at.left + at.right - seen.left - seen.right) / 2;
  };

  /* ---- The same in words ---- */
  const list = () => {
    const rows = stagesOf(outline).flatMap((stage) => stage.states.filter((each) => !each.ghost).map((each) => {
      const row = made("li");
      const go = made("button", "finding-go", each.title);
      go.type = "button";
      go.addEventListener("click", () => jump(each.line));
      row.append(go);
      const about = [stage.title, each.initial && say("initial"), each.final && say("final"), ...limits(each), told.open_cases?.[each.key] && say("open_cases", { n: told.open_cases[each.key] })].filter(Boolean);
      row.append(made("span", "small second", ` · ${about.join(" · ")}`));
      const inner = made("ul");
      for (const way of ways(each)) {
        if (way.ghost) continue;
        const entry = made("li", "small");
        const to = made("button", "finding-go", `${way.title} → ${way.to === null ? say("stays") : title(way.to)}`);
        to.type = "button";
        to.addEventListener("click", () => jump(way.line));
        entry.append(to);
        if (way.by.length) entry.append(made("span", "second", ` · ${say("by", { names: way.by.map(name).join(", ") })}`));
        inner.append(entry);
      }
      row.append(inner);
      return row;
    }));
    words.replaceChildren(...rows);
  };

  /* ---- Size ---- */
  const size = () => {
    const svg = box.querySelector("svg");
    if (!svg || !placed) return;
    const frame = box.clientWidth || 600;
    const natural = Math.min(1, frame / placed.width);
    const scale = zoom || Math.max(natural, LEAST);
    svg.setAttribute("width", Math.round(placed.width * scale));
    svg.setAttribute("height", Math.round(placed.height * scale));
  };
  const fitted = () => Math.min(1, (box.clientWidth || 600) / placed.width, (box.clientHeight || 400) / placed.height);
  root.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => {
    if (!placed) return;
    const now = Number(box.querySelector("svg")?.getAttribute("width")) / placed.width || 1;
    zoom = { in: Math.min(2.5, now * STEP), out: Math.max(0.2, now / STEP), fit: fitted() }[button.dataset.zoom];
    size();
  }));
  new ResizeObserver(() => { if (!zoom) size(); }).observe(box);

  /* ---- Hands: click, Enter, arrow keys from box to box ---- */
  const press = (target) => {
    const node = target.closest?.("[data-line]");
    if (node) jump(Number(node.dataset.line));
  };
  box.addEventListener("click", (event) => press(event.target));
  box.addEventListener("keydown", (event) => {
    const node = event.target.closest?.("svg [role=button]");
    if (!node) return;
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); press(node); return; }
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...box.querySelectorAll(".graph-state, .graph-track")];
    const next = all[(all.indexOf(node) + step + all.length) % all.length];
    node.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
    bring(next);
  });

  const place = async () => {
    const wanted = shapeOf(outline);
    if (wanted === shape) { paint(); return; }
    const now = outline;
    try {
      placed = await layOut(now);
    } catch { return; } // half a graph: the picture before stays
    shape = wanted;
    root.dataset.drawn = String(Number(root.dataset.drawn || 0) + 1);
    if (now !== outline) return;
    paint();
    const first = outline.touched && box.querySelector(".graph-state.was-added, .graph-state.was-changed, .graph-state.was-removed");
    if (first) bring(first);
  };

  return {
    draw: (next, answer) => {
      told = answer;
      if (chosen) chosen = answer.findings.find((each) => each.key === chosen.key) || null;
      if (!next) return;
      outline = next;
      list();
      clearTimeout(timer);
      if (placed && shapeOf(outline) === shape) paint();
      else timer = setTimeout(place, placed ? REST : 0);
    },
    here: (at) => { line = at; light(); },
    choose: (finding) => {
      chosen = finding;
      light();
      const key = finding.marks.states[0];
      const node = key && box.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (node) bring(node);
    },
    fit: () => { if (!zoom) size(); light(); },
  };
};
