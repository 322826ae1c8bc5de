/* The picture of what a draft changes, for the person who decides on it. Words and lines stand there without this file. */
import { picture } from "./picture.js";

const root = document.querySelector("[data-review]");
const start = JSON.parse(root.dataset.start);
const say = (key, given = {}) => (start.words[key] || "").replace(/\{(\w+)\}/g, (_, name) => given[name] ?? "");
root.querySelector("[data-picture]").hidden = false;
picture({ root, say, functions: start.functions, jump: () => document.getElementById("text").scrollIntoView() })
  .draw(start.picture, { findings: [], open_cases: {} });
