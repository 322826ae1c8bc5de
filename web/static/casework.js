/* Comfort, and only comfort: every page works without this file.
   Search key, confirmation, one submit per click, rows of table fields, drafts kept on this device, filters in place, echoes of dates.
   No text stands here: sentences come from data attributes. No eval, no inline style; nothing is sent anywhere but to the page's own server,
   and before the form is sent only what the panel of similar cases asks. */
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, selector, act) => document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(event, found);
  });
  const language = document.documentElement.lang || "vi";
  /* The time of day as the server has it: a device's own clock may be wrong, and then it contradicts what stands beside it. */
  const body = document.body;
  const ahead = body.dataset.now ? Date.parse(body.dataset.now) - Date.now() : 0;
  const clock = (moment) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: body.dataset.zone }).format(moment.getTime() + ahead);

  /* ---- Keys: "/" goes to the search field, Escape closes an open menu ---- */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all("details[data-menu][open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const search = all("[data-search]").find((field) => field.offsetParent !== null);
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
  document.addEventListener("click", (event) => {
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  /* ---- Folds: a link into a closed part opens it; paper shows everything ---- */
  if (matchMedia("(max-width: 720px)").matches) all("details[data-phone-closed]").forEach((part) => { part.open = false; });
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target.scrollIntoView({ block: "start" });
  };
  let folded = [];
  window.addEventListener("hashchange", unfold);
  window.addEventListener("beforeprint", () => { folded = all("details.fold:not([open])"); folded.forEach((part) => { part.open = true; }); });
  window.addEventListener("afterprint", () => { folded.forEach((part) => { part.open = false; }); });

  on("click", "[data-print]", () => window.print());

  /* ---- Filters of the timeline, in place ---- */
  on("click", "[data-filters] [data-filter]", (event, chip) => {
    const card = chip.closest(".card");
    const rows = card && card.querySelector("[data-rows]");
    if (!rows) return;
    event.preventDefault();
    const wanted = chip.dataset.filter;
    rows.classList.remove("timeline-short");
    all("[data-filter]", card).forEach((other) => other.removeAttribute("aria-current"));
    chip.setAttribute("aria-current", "true");
    const shown = all("[data-kind]", rows).filter((row) => { row.hidden = wanted !== "all" && row.dataset.kind !== wanted; return !row.hidden; });
    const none = card.querySelector("[data-none]");
    if (none) none.hidden = shown.length > 0;
  });

  /* ---- Echo: what a date or a sum means, in the reader's own writing ---- */
  const asDay = (text) => {
    const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b/.exec(text.trim()) || [];
    const found = year && new Date(Number(year), Number(month) - 1, Number(day));
    return found && found.getMonth() === Number(month) - 1 ? found : null;
  };
  const weekday = (text) => { const day = asDay(text); return day && new Intl.DateTimeFormat(language, { weekday: "long" }).format(day); };
  const money = (text) => /^(\d+|\d{1,3}([.,]\d{3})+)$/.test(text.trim()) && new Intl.NumberFormat(language, { style: "currency", currency: "VND" }).format(Number(text.replace(/\D/g, "")));
  const wording = { date: weekday, datetime: weekday, money };
  const echo = (field) => {
    const place = document.querySelector(`[data-echo-of="${CSS.escape(field.id)}"]`);
    if (place) place.textContent = wording[field.dataset.echo](field.value) || "";
  };
  on("input", "[data-echo]", (event, field) => { slashes(event, field); echo(field); });

  /* Dates are typed as digits: the strokes between them come by themselves. */
  const slashes = (event, field) => {
    if (event.inputType !== "insertText" || field.dataset.echo === "money") return;
    const text = field.value.replace(/\/\//g, "/");
    const long = field.dataset.echo === "datetime";
    if (/^\d\d(\/\d\d)?$/.test(text)) field.value = `${text}/`;
    else if (long && /^\d\d\/\d\d\/\d{4}$/.test(text)) field.value = `${text} `;
    else if (long && /\d{4} \d\d$/.test(text)) field.value = `${text}:`;
    else if (text !== field.value) field.value = text;
  };

  /* The calendar: the browser's own, behind a button, written back as dd/mm/yyyy. */
  const two = (number) => String(number).padStart(2, "0");
  const calendars = (root) => all("[data-pick]", root).forEach((button) => {
    if (!("showPicker" in HTMLInputElement.prototype)) return;
    const face = button.parentElement.querySelector("input");
    const native = document.createElement("input");
    native.type = button.dataset.pick === "date" ? "date" : "datetime-local";
    native.className = "pick-native";
    native.tabIndex = -1;
    native.setAttribute("aria-hidden", "true");
    if (button.dataset.min) native.min = button.dataset.min;
    if (button.dataset.max) native.max = button.dataset.max;
    button.before(native);
    button.hidden = false;
    button.addEventListener("click", () => {
      const day = asDay(face.value);
      const hour = (/(\d{1,2}:\d\d)$/.exec(face.value.trim()) || [, "08:00"])[1].padStart(5, "0");
      if (day) native.value = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}${native.type === "date" ? "" : `T${hour}`}`;
      native.showPicker();
    });
    native.addEventListener("change", () => {
      const [date, hour] = native.value.split("T");
      face.value = [date.split("-").reverse().join("/"), hour].filter(Boolean).join(" ");
      face.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  /* ---- Rows of a table field ---- */
  const countRows = (box) => {
    const rows = all("[data-row]", box);
    box.classList.toggle("only-row", rows.length < 2);
    return rows;
  };
  const addRow = (box) => {
    const next = Number(box.dataset.next);
    const holder = document.createElement("tbody");
    holder.innerHTML = box.querySelector("template").innerHTML.replaceAll("__n__", String(next));
    box.dataset.next = String(next + 1);
    const row = holder.firstElementChild;
    box.querySelector("[data-row-list]").append(row);
    calendars(row);
    countRows(box);
    return row;
  };
  on("click", "[data-add-row]", (event, button) => {
    const box = button.closest("[data-rows-of]");
    if (!box.querySelector("template")) return;
    event.preventDefault();
    addRow(box).querySelector("input, select, textarea")?.focus();
  });
  on("click", "[data-remove-row]", (event, button) => {
    const box = button.closest("[data-rows-of]");
    const form = button.form;
    button.closest("[data-row]").remove();
    const left = countRows(box);
    (left.at(-1) || box).querySelector("input, select, textarea, button")?.focus();
    form?.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* ---- Drafts: what is typed stays on this device, under the person and the form, until it is sent ---- */
  const PREFIX = "casework:draft:";
  const KEEP_DAYS = 14;
  const mine = body.dataset.person ? `${PREFIX}${body.dataset.person}:` : null;
  const keeps = mine !== null && !("noDraft" in body.dataset);
  const store = {
    keys: () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } },
    read: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    write: (key, draft) => { try { localStorage.setItem(key, JSON.stringify(draft)); return true; } catch { return false; } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* storage is closed to us: nothing was kept */ } },
  };
  const draftKey = (form) => mine + form.dataset.draft;
  const draftable = (field) => field.name && !field.disabled && !["hidden", "password", "file", "submit", "button"].includes(field.type) && !field.closest("[data-no-draft]");
  const ticked = (field) => field.type === "checkbox" || field.type === "radio";

  /* name → list of values, as they stand now (pristine = false) or as the server wrote them (pristine = true). */
  const reading = (form, pristine) => {
    const found = {};
    for (const field of form.elements) {
      if (!draftable(field)) continue;
      const list = (found[field.name] ||= []);
      if (ticked(field)) { if (pristine ? field.defaultChecked : field.checked) list.push(field.value); }
      else if (field.tagName === "SELECT") { const chosen = pristine ? [...field.options].find((o) => o.defaultSelected) || field.options[0] : field.selectedOptions[0]; list.push(chosen ? chosen.value : ""); }
      else list.push(pristine ? field.defaultValue : field.value);
    }
    return found;
  };
  const say = (form, template, at) => {
    const place = form.querySelector("[data-draft-say]");
    if (place) place.textContent = template ? ` · ${template.replace("{time}", clock(at))}` : "";
  };
  const save = (form) => {
    const key = draftKey(form);
    const before = reading(form, true);
    const now = reading(form, false);
    const names = new Set(Object.keys(store.read(key)?.values || {}));
    for (const name of Object.keys(now)) if (JSON.stringify(now[name]) !== JSON.stringify(before[name])) names.add(name);
    const values = Object.fromEntries([...names].filter((name) => name in now).map((name) => [name, now[name]]));
    const at = new Date();
    if (names.size && store.write(key, { at: at.toISOString(), values })) say(form, form.dataset.saved, at);
  };
  const putBack = (form, values) => {
    for (const name of Object.keys(values)) {
      const [, table, n] = /^(.+?)-(\d+)-/.exec(name) || [];
      const box = table && form.querySelector(`[data-rows-of="${CSS.escape(table)}"]`);
      while (box?.querySelector("template") && Number(box.dataset.next) <= Number(n) && Number(n) < 200) addRow(box);
      const fields = [...form.elements].filter((field) => field.name === name && draftable(field));
      fields.forEach((field, index) => {
        if (ticked(field)) field.checked = values[name].includes(field.value);
        else field.value = values[name][index] ?? "";
      });
    }
    all("[data-echo]", form).forEach(echo);
  };
  /* A draft that was sent is dropped when the next page shows that it arrived: it came from that form's page and is not the form again.
     A broken connection shows no page of ours, so nothing is dropped then. */
  const page = () => location.href.split("#")[0];
  const arrived = (key, draft) => key === mine + body.dataset.draftDone || (draft.sent && draft.sent === document.referrer && !("keepDrafts" in body.dataset));
  const unsend = (form) => { const draft = store.read(draftKey(form)); if (draft?.sent) store.write(draftKey(form), { ...draft, sent: null }); };
  const waiting = new Map();
  const openDraft = (form) => {
    const draft = store.read(draftKey(form));
    const drop = form.querySelector("[data-draft-drop]");
    if (draft && !("refused" in form.dataset)) {
      putBack(form, draft.values);
      say(form, form.dataset.restored, new Date(draft.at));
      if (drop) drop.hidden = false;
    }
    unsend(form);
    form.addEventListener("input", () => { clearTimeout(waiting.get(form)); waiting.set(form, setTimeout(save, 500, form)); });
    drop?.addEventListener("click", () => { clearTimeout(waiting.get(form)); store.drop(draftKey(form)); location.reload(); });
  };
  const startDrafts = () => {
    const forms = keeps ? all("form[data-draft]") : [];
    const here = new Set(forms.map(draftKey));
    for (const key of store.keys()) {
      const draft = store.read(key);
      const old = !draft || Date.now() - Date.parse(draft.at) > KEEP_DAYS * 864e5;
      const others = mine !== null && !key.startsWith(mine);
      if (old || others || (!here.has(key) && arrived(key, draft))) store.drop(key);
    }
    forms.forEach(openDraft);
  };

  /* ---- The same child? What is typed of a person is asked while one types; the answer is put in place, how many it is beside the name too ---- */
  const similar = (box) => {
    const form = box.closest("form");
    const place = box.querySelector("[data-similar-found]");
    const beside = form.querySelector("[data-similar-beside]");
    const names = new Set(box.dataset.fields.split(" "));
    const tells = (field) => field.name && names.has(field.name.split("-")[0]) && (!ticked(field) || field.checked);
    const typed = () => JSON.stringify([...form.elements].filter(tells).map((field) => [field.name, field.value.trim()]));
    let asked = typed();
    let timer;
    let running;
    const ask = async () => {
      clearTimeout(timer);
      asked = typed();
      running?.abort();
      running = new AbortController();
      try {
        const answer = await fetch(box.dataset.similar, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: running.signal });
        if (!answer.ok || answer.redirected) return;
        place.innerHTML = await answer.text();
        beside?.replaceChildren(place.querySelector("template").content);
      } catch { /* no network, or asked again: what stands there stays */ }
    };
    const soon = () => { clearTimeout(timer); if (typed() !== asked) timer = setTimeout(ask, 600); };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    box.querySelector("[data-similar-ask]").addEventListener("click", (event) => { event.preventDefault(); ask(); });
    return soon;
  };

  /* ---- The diagram opens where the case stands, and says that it scrolls only where it does ---- */
  all("[data-diagram]").forEach((part) => part.addEventListener("toggle", () => {
    const box = part.querySelector(".diagram");
    const here = part.querySelector("[data-here]");
    if (!part.open) return;
    part.querySelector("[data-scrolls]").hidden = box.scrollWidth <= box.clientWidth;
    const [seen, at] = [box, here].map((node) => node.getBoundingClientRect());
    if (at.left < seen.left || at.right > seen.right) box.scrollLeft += (at.left + at.right - seen.left - seen.right) / 2;
  }));

  /* ---- Sending: the network, the question, then once ---- */
  const dialog = document.querySelector("[data-dialog]");
  const offline = document.querySelector("[data-offline]");
  const network = () => { if (offline) offline.hidden = navigator.onLine !== false; };
  window.addEventListener("online", network);
  window.addEventListener("offline", network);

  const ask = (form, button, question) => {
    const go = () => { form.dataset.agreed = ""; form.requestSubmit(button?.form === form ? button : undefined); };
    if (!dialog?.showModal) { if (window.confirm(question)) go(); return; }
    dialog.querySelector("[data-dialog-text]").textContent = question;
    dialog.returnValue = "no";
    dialog.onclose = () => { if (dialog.returnValue === "yes") go(); else button?.focus(); };
    dialog.showModal();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.getAttribute("method") !== "post") return;
    if ("sent" in form.dataset) { event.preventDefault(); return; }
    const kept = keeps && form.dataset.draft;
    if (navigator.onLine === false) { event.preventDefault(); if (kept) save(form); network(); return; }
    const question = button?.dataset.confirm || form.dataset.confirm;
    if (question && !("agreed" in form.dataset) && button?.name !== "_add_row") { event.preventDefault(); ask(form, button, question); return; }
    delete form.dataset.agreed;
    if (kept) {
      clearTimeout(waiting.get(form));
      save(form);
      const draft = store.read(draftKey(form));
      if (draft) store.write(draftKey(form), { ...draft, sent: page() });
    }
    if ("clearDrafts" in form.dataset) store.keys().forEach(store.drop);
    form.dataset.sent = "";
    if (button) button.dataset.sent = "";
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    all("[data-sent]").forEach((node) => { delete node.dataset.sent; });
    if (keeps) all("form[data-draft]").forEach(unsend);
  });

  /* ---- Live: a part of the page that the server changes is fetched again, and the whole page once it has gone ---- */
  const live = async (part) => {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const there = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
      if (!answer.ok || !there) { location.reload(); return; }
      part.replaceChildren(...there.childNodes);
    } catch { network(); }
    watch(part);
  };
  const watch = (part) => setTimeout(live, Number(part.dataset.live) * 1000, part);

  /* ---- Clocks: what is left of a limit told in hours, counted on from what the page came with ---- */
  const clocks = all("[data-seconds]");
  const tick = () => clocks.forEach((node) => {
    const left = Number(node.dataset.seconds) - performance.now() / 1000;
    const minutes = Math.floor(Math.abs(left) / 60);
    node.textContent = node.dataset[left < 0 ? "over" : "left"].replace("#h", Math.floor(minutes / 60)).replace("#m", minutes % 60);
  });
  if (clocks.length) setInterval(tick, 20000);

  /* ---- Start ---- */
  all("[data-rows-of]").forEach(countRows);
  calendars(document);
  const similars = all("[data-similar]").map(similar);
  startDrafts();
  similars.forEach((soon) => soon());
  all("[data-echo]").forEach(echo);
  network();
  unfold();
  all("[data-live]").forEach(watch);
  document.querySelector("[data-focus]")?.focus();
})();
