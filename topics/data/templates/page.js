"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const root = document.documentElement;

  // Light and dark: what the system says until the reader says otherwise.
  const store = {
    get: () => { try { return localStorage.getItem("topics-mode"); } catch { return null; } },
    set: (mode) => { try { localStorage.setItem("topics-mode", mode); } catch { /* a file may be denied storage */ } },
  };
  const mode = $("mode");
  if (store.get()) root.dataset.mode = store.get();
  mode.hidden = false;
  mode.addEventListener("click", () => {
    const dark = root.dataset.mode ? root.dataset.mode === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.mode = dark ? "light" : "dark";
    store.set(root.dataset.mode);
  });

  // Tables: a click on a column's name sorts, a second one turns it round.
  const value = (row, column) => {
    const text = row.cells[column].textContent.trim();
    const number = parseFloat(text);
    return Number.isNaN(number) ? text : number;
  };
  all("table.sortable").forEach((table) => {
    all("thead th", table).forEach((head, column) => {
      const button = head.querySelector("button");
      if (!button) return;
      button.addEventListener("click", () => {
        const body = table.tBodies[0];
        const rows = [...body.rows];
        const numeric = rows.every((row) => typeof value(row, column) === "number");
        const before = head.getAttribute("aria-sort");
        const up = before ? before === "descending" : !numeric;
        all("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const compare = numeric
          ? (a, b) => value(a, column) - value(b, column)
          : (a, b) => String(value(a, column)).localeCompare(String(value(b, column)), root.lang);
        rows.sort((a, b) => (up ? compare(a, b) : compare(b, a)));
        body.append(...rows);
      });
    });
  });

  // In a large report the text of a closed article sleeps in <noscript>, so that the page opens fast.
  const wake = (article) => {
    const asleep = article && article.querySelector(":scope > noscript");
    if (!asleep) return;
    asleep.insertAdjacentHTML("afterend", asleep.textContent); // our own markup: every text in it is escaped
    asleep.remove();
  };
  const wakeAll = () => all("#texts > .article:has(> noscript)").forEach(wake);
  // While nothing else is to be done the rest is woken, so that the browser's own search finds it.
  const sleepers = all("#texts > .article:has(> noscript)");
  const wakeSome = (deadline) => {
    while (sleepers.length && deadline.timeRemaining() > 4) wake(sleepers.shift());
    if (sleepers.length) requestIdleCallback(wakeSome);
  };
  if (sleepers.length && "requestIdleCallback" in window) setTimeout(() => requestIdleCallback(wakeSome), 2000);
  // An element by its id, also in an article that sleeps: a3-2 stands in a3.
  const seek = (id) => $(id) || (wake($(id.split("-")[0])), $(id));

  // A link to a paragraph opens the article it stands in.
  const reveal = () => {
    let target = location.hash && seek(decodeURIComponent(location.hash.slice(1)));
    const goal = target;
    for (; target; target = target.parentElement) if (target.tagName === "DETAILS") target.open = true;
    if (goal && goal.closest("#texts")) goal.scrollIntoView({ block: "center" });
    if (goal && goal.classList.contains("p")) goal.focus({ preventScroll: true });
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  const tip = $("tip");
  const hideTip = () => { tip.hidden = true; };
  addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
  const place = (box) => {
    tip.hidden = false;
    const left = Math.max(12, Math.min(box.left, root.clientWidth - tip.offsetWidth - 12));
    const below = box.bottom + 4 + tip.offsetHeight < innerHeight;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(below ? box.bottom + 4 : box.top - tip.offsetHeight - 4) + scrollY}px`;
  };
  const namesIn = (id) => all(`#${id} li`).map((item) => ({ name: item.textContent, t: item.dataset.t }));

  // The text with its tools; topics serve brings new ones again and again.
  const reading = () => {
    const texts = $("texts");
    if (!texts) return;
    let paragraphs = [];
    const articles = all("details.article", texts);

    texts.addEventListener("toggle", (event) => wake(event.target), true);

    // The probabilities of the paragraph that is pointed at or focused.
    const showTip = (paragraph) => {
      const classes = namesIn(paragraph.dataset.c || "classes");
      tip.replaceChildren(...paragraph.dataset.p.split(" ").map((p, n) => {
        const row = document.createElement("div");
        const [name, bar, number] = ["", `bar t${classes[n].t}`, "n"].map((c) => Object.assign(document.createElement("span"), { className: c }));
        name.textContent = classes[n].name;
        bar.style.setProperty("--s", `${p}%`);
        number.textContent = `${Math.round(p)}%`;
        row.append(name, bar, number);
        return row;
      }));
      place(paragraph.querySelector(".w").getBoundingClientRect());
      all("[aria-describedby=tip]").forEach((other) => other.removeAttribute("aria-describedby"));
      paragraph.setAttribute("aria-describedby", "tip");
    };
    for (const [kind, act] of [["mouseover", showTip], ["focusin", showTip], ["mouseout", hideTip], ["focusout", hideTip]]) {
      texts.addEventListener(kind, (event) => {
        const paragraph = event.target.closest(".p");
        if (paragraph) act(paragraph);
      });
    }

    // Filter by theme and search; both at once.
    const form = $("tools");
    const boxes = all("fieldset input[type=checkbox]", form);
    const search = $("search");
    const found = $("found");
    let contents = null;
    const paint = (word) => {
      if (!("highlights" in CSS)) return;
      CSS.highlights.delete("found");
      if (!word) return;
      const ranges = [];
      for (const paragraph of paragraphs) {
        if (ranges.length > 2000 || paragraph.classList.contains("miss")) continue;
        const walker = document.createTreeWalker(paragraph.querySelector(".x"), NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const text = walker.currentNode.data.toLowerCase();
          for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + word.length);
            ranges.push(range);
          }
        }
      }
      CSS.highlights.set("found", new Highlight(...ranges));
    };
    const apply = () => {
      hideTip();
      const word = search.value.trim().toLowerCase();
      const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
      texts.className = chosen.length === boxes.length ? "" : ["only", ...chosen.map((t) => `show-${t}`)].join(" ");
      if (!contents) {
        wakeAll();
        paragraphs = all(".p", texts);
        contents = paragraphs.map((paragraph) => paragraph.querySelector(".x").textContent.toLowerCase());
      }
      const themes = new Set(chosen.map((t) => `t${t}`));
      const hits = new Set();
      let shown = 0;
      paragraphs.forEach((paragraph, n) => {
        const miss = word !== "" && !contents[n].includes(word);
        paragraph.classList.toggle("miss", miss);
        if (!miss && themes.has(paragraph.classList[1])) {
          shown += 1;
          hits.add(paragraph.closest("details.article"));
        }
      });
      const narrowed = word !== "" || chosen.length < boxes.length;
      articles.forEach((article) => article.classList.toggle("miss", narrowed && !hits.has(article)));
      if (word && hits.size <= 30) hits.forEach((article) => { article.open = true; });
      paint(word);
      found.textContent = narrowed ? found.dataset.said.replace("{n}", shown).replace("{all}", paragraphs.length) : "";
    };
    let waiting = 0;
    search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 160); });
    boxes.forEach((box) => box.addEventListener("change", apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    $("open-all").addEventListener("click", () => { wakeAll(); articles.forEach((article) => { article.open = true; }); });
    $("close-all").addEventListener("click", () => articles.forEach((article) => { article.open = false; }));
    form.hidden = false;
  };
  // The map: a dot is a link to its paragraph. One dot is a Tab stop, arrows walk to the next.
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const facts = (dot) => {
    const paragraph = seek(dot.getAttribute("href").slice(1));
    const title = paragraph.closest(".article").querySelector("h3").textContent;
    const text = [...paragraph.querySelector(".x").textContent];
    return [title, paragraph.querySelector(".w").firstChild.data + paragraph.querySelector(".w b").textContent, text.slice(0, 60).join("") + (text.length > 60 ? "…" : "")];
  };
  const showDot = (dot) => {
    const told = facts(dot);
    dot.setAttribute("aria-label", told.join(" · "));
    tip.replaceChildren(...told.map((line, n) => Object.assign(document.createElement("bdi"), { textContent: line, className: ["title", "theme", "text"][n] })));
    place(dot.getBoundingClientRect());
  };
  all(".plot-paragraph-map svg").forEach((map) => { // one of them is seen: the broad or the narrow
    const dots = all("a", map);
    const spots = dots.map((dot) => ["x", "y"].map((way) => parseFloat(dot.firstElementChild.getAttribute(way))));
    const nearest = (from, [dx, dy]) => {
      let best = -1, least = Infinity;
      spots.forEach(([x, y], n) => {
        const along = (x - spots[from][0]) * dx + (y - spots[from][1]) * dy;
        const aside = Math.abs((x - spots[from][0]) * dy) + Math.abs((y - spots[from][1]) * dx);
        const far = along + 2 * aside;
        if (along > 0 && aside <= along && far < least) [best, least] = [n, far];
      });
      return best;
    };
    dots.forEach((dot, n) => {
      dot.tabIndex = n ? -1 : 0;
      for (const kind of ["mouseover", "focus"]) dot.addEventListener(kind, () => showDot(dot));
      for (const kind of ["mouseout", "blur"]) dot.addEventListener(kind, hideTip);
      dot.addEventListener("keydown", (event) => {
        const step = STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        const next = nearest(n, step);
        if (next < 0) return;
        dot.tabIndex = -1;
        dots[next].tabIndex = 0;
        dots[next].focus({ preventScroll: true });
        dots[next].scrollIntoView({ block: "nearest", inline: "nearest" });
        showDot(dots[next]);
      });
    });
  });
  document.addEventListener("topics:new", reading);
  reading();

  // On paper everything is open, as long as it is a report and not an archive.
  addEventListener("beforeprint", () => {
    const articles = all("#texts details.article");
    if (articles.length <= 50) articles.forEach((article) => { article.open = true; });
  });
})();
