"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const body = document.body;
  const words = JSON.parse(body.dataset.words);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const [text, results, status, error, menu] = ["text", "results", "status", "error", "menu"].map($);

  // What was asked last: downloads and comparisons ask the same again.
  let asked = null;
  let running = null;

  const say = (message, wrong = false) => {
    status.textContent = wrong ? "" : message;
    error.textContent = wrong ? message : "";
    error.hidden = !wrong;
  };
  const reason = async (answer) => {
    if (answer.status === 429) return words.busy;
    if (answer.status === 503) return words.slow;
    if (answer.status === 413) return fill(words.too_large, { n: Math.floor(body.dataset.limit * 0.75 / 1048576) });
    try { return fill(words.failed, { why: (await answer.json()).error }); } catch { return fill(words.failed, { why: answer.status }); }
  };
  const post = async (path, what, signal) => {
    let answer;
    try {
      answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what), signal });
    } catch (problem) {
      throw problem.name === "AbortError" ? problem : new Error(words.offline);
    }
    if (!answer.ok) throw new Error(await reason(answer));
    return answer;
  };
  const chosen = (id) => ($(id) ? $(id).value : "");
  const model = () => chosen("model") || body.dataset.model;

  const show = (html) => {
    results.innerHTML = html; // our server's own markup: it escapes every text, and the policy runs no script in it
    all("[data-style]", results).forEach((item) => { item.style.cssText = item.dataset.style; });
    all(".part, .x, h3", results).forEach((item) => { item.dir = "auto"; });
    results.hidden = false;
    $("saves").hidden = false;
    document.dispatchEvent(new Event("topics:new"));
    const differ = $("only-differ");
    if (differ) differ.addEventListener("change", () => results.classList.toggle("differ-only", differ.checked));
    results.className = differ ? "compared" : "";
  };
  const run = async () => {
    if (!asked) return;
    if (running) running.abort();
    const mine = running = new AbortController();
    closeMenu();
    say(words.working);
    $("go").setAttribute("aria-busy", "true");
    const other = chosen("other");
    const [path, more] = other ? ["/api/compare", { models: [model(), other] }] : ["/api/tag", { model: model() }];
    try {
      const answer = await post(path, { ...asked, ...more, format: "page", lang: body.dataset.lang }, mine.signal);
      show(await answer.text());
      say(fill(words.done, { n: all("#texts .p", results).length / (other ? 2 : 1) }));
    } catch (problem) {
      if (problem.name !== "AbortError") say(problem.message, true);
    } finally {
      if (running === mine) { running = null; $("go").removeAttribute("aria-busy"); }
    }
  };
  const fromText = () => {
    if (!text.value.trim()) { say(words.empty, true); text.focus(); return; }
    asked = { text: text.value };
    run();
  };
  const fromFile = (file) => {
    if (file.size > body.dataset.limit * 0.74) {
      say(fill(words.too_large, { n: Math.floor(body.dataset.limit * 0.75 / 1048576) }), true);
      return;
    }
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      asked = { file: { name: file.name, data: reader.result.slice(reader.result.indexOf(",") + 1) } };
      text.value = "";
      text.placeholder = file.name;
      run();
    });
    reader.addEventListener("error", () => say(fill(words.failed, { why: file.name }), true));
    reader.readAsDataURL(file);
  };

  $("ask").addEventListener("submit", (event) => { event.preventDefault(); fromText(); });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); fromText(); }
  });
  text.addEventListener("paste", (event) => {
    const file = event.clipboardData && event.clipboardData.files[0];
    if (file) { event.preventDefault(); fromFile(file); } else setTimeout(fromText);
  });
  $("file").addEventListener("change", (event) => {
    if (event.target.files[0]) fromFile(event.target.files[0]);
    event.target.value = "";
  });
  $("sample").addEventListener("click", () => { text.value = body.dataset.sample; fromText(); });
  $("clear").addEventListener("click", () => {
    asked = null;
    text.value = "";
    results.replaceChildren();
    results.hidden = $("saves").hidden = true;
    say("");
    text.focus();
  });
  ["model", "other"].forEach((id) => { if ($(id)) $(id).addEventListener("change", run); });

  // A file may be dropped anywhere on the page.
  let inside = 0;
  addEventListener("dragenter", (event) => { event.preventDefault(); inside += 1; body.classList.add("drop"); });
  addEventListener("dragleave", () => { inside -= 1; if (inside <= 0) body.classList.remove("drop"); });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    inside = 0;
    body.classList.remove("drop");
    const file = event.dataTransfer.files[0];
    const dropped = event.dataTransfer.getData("text/plain");
    if (file) fromFile(file);
    else if (dropped) { text.value = dropped; fromText(); }
  });

  $("downloads").addEventListener("click", async (event) => {
    const format = event.target.dataset.format;
    if (!format || !asked) return;
    try {
      const answer = await post("/api/tag", { ...asked, model: model(), format, lang: body.dataset.lang });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `tags.${format}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    } catch (problem) { say(problem.message, true); }
  });

  // Corrections: a menu at the paragraph, or a digit.
  let target = null;
  const classes = () => all("#classes li").map((item) => ({ code: item.dataset.code, t: item.dataset.t, name: item.textContent }));
  const keyOf = (list, n) => (n === list.length - 1 ? "0" : String(n + 1));
  function closeMenu(back = false) {
    if (menu.hidden) return;
    menu.hidden = true;
    if (target && back) target.focus({ preventScroll: true });
    target = null;
  }
  const openMenu = (paragraph) => {
    target = paragraph;
    const list = classes();
    const given = paragraph.dataset.given || "";
    const items = list.map((theme, n) => {
      const item = Object.assign(document.createElement("button"), { type: "button", className: `chip t${theme.t}` });
      item.dataset.code = theme.code;
      item.append(theme.name, Object.assign(document.createElement("kbd"), { textContent: keyOf(list, n) }));
      item.setAttribute("role", "menuitemradio");
      item.setAttribute("aria-checked", String(given === theme.code));
      return item;
    });
    if (paragraph.classList.contains("given")) {
      const undo = Object.assign(document.createElement("button"), { type: "button", textContent: words.undo });
      undo.dataset.code = "";
      undo.setAttribute("role", "menuitem");
      items.push(undo);
    }
    menu.replaceChildren(...items);
    menu.hidden = false;
    $("tip").hidden = true;
    const box = paragraph.querySelector(".fix").getBoundingClientRect();
    const below = box.bottom + menu.offsetHeight + 8 < innerHeight;
    menu.style.left = `${Math.max(12, Math.min(box.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 12)) + scrollX}px`;
    menu.style.top = `${(below ? box.bottom + 4 : Math.max(4, box.top - menu.offsetHeight - 4)) + scrollY}px`;
    (items.find((item) => item.getAttribute("aria-checked") === "true") || items[0]).focus();
  };
  const correct = async (paragraph, code) => {
    closeMenu();
    const { file, line, id } = paragraph.dataset;
    const place = file === "-" ? {} : { file, line: Number(line), id };
    try {
      await post("/api/labels", { text: paragraph.querySelector(".x").textContent, theme: code, ...place });
    } catch (problem) { say(problem.message, true); return; }
    const theme = classes().find((one) => one.code === code);
    const colour = theme ? `t${theme.t}` : paragraph.dataset.own;
    paragraph.className = ["p", colour, ...[...paragraph.classList].slice(2).filter((name) => name !== "given"), ...(theme ? ["given"] : [])].join(" ");
    paragraph.dataset.given = code;
    paragraph.querySelector(".said").textContent = theme ? fill(words.given, { name: theme.name }) : "";
    paragraph.focus({ preventScroll: true });
    say(theme ? fill(words.labelled, { name: theme.name }) : words.unlabelled);
  };
  results.addEventListener("click", (event) => {
    const button = event.target.closest(".fix");
    if (button) openMenu(button.closest(".p"));
  });
  menu.addEventListener("click", (event) => {
    const item = event.target.closest("[data-code]");
    if (item && target) correct(target, item.dataset.code);
  });
  menu.addEventListener("keydown", (event) => {
    const items = all("button", menu);
    const at = items.indexOf(document.activeElement);
    const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (goal !== undefined) { event.preventDefault(); items.at(goal % items.length).focus(); }
    if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); closeMenu(true); }
    pick(event, target);
  });
  addEventListener("click", (event) => {
    if (!menu.hidden && !menu.contains(event.target) && !event.target.closest(".fix")) closeMenu();
  });
  function pick(event, paragraph) {
    if (event.ctrlKey || event.metaKey || event.altKey || !paragraph || !paragraph.querySelector(".fix")) return;
    const list = classes();
    const theme = list.find((_, n) => keyOf(list, n) === event.key);
    if (theme) { event.preventDefault(); correct(paragraph, theme.code); }
  }
  results.addEventListener("keydown", (event) => {
    const paragraph = event.target.classList.contains("p") ? event.target : null;
    if (!paragraph) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const seen = all("#texts .p", results).filter((one) => one.checkVisibility());
      const next = seen[seen.indexOf(paragraph) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); next.scrollIntoView({ block: "nearest" }); }
    } else if (event.key === "Enter" && paragraph.querySelector(".fix")) {
      event.preventDefault();
      openMenu(paragraph);
    } else pick(event, paragraph);
  });
})();
