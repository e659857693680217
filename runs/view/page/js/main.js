// What is shown follows the address; everything else only changes the address.
"use strict";
(() => {
  const { make, site, rows, route, list } = rpsdg;
  const $ = (id) => document.getElementById(id);
  let complete = false;
  let shown = null;
  let searched = null;

  rpsdg.levelOf = (row) => {
    const facet = site.facets.find((one) => one.key === "level");
    const codes = facet ? rows.facets.level[row] : [];
    return codes.length ? facet.values[codes[0]].name : null;
  };

  const showFound = () => {
    const { query, chosen } = route.read();
    const key = JSON.stringify([query, chosen]);
    const { found, counts } = rpsdg.search(query, chosen);
    list.showRows(found, { keepScroll: key === searched });
    $("list").dataset.searched = query;
    searched = key;
    rpsdg.showFilters(chosen, counts);
    const all = site.traces.toLocaleString("en");
    const narrowed = Boolean(query || Object.keys(chosen).length);
    $("count").textContent = !complete && rows.ids.length < site.traces ? `${found.length.toLocaleString("en")} of ${all} so far`
      : narrowed ? `${found.length.toLocaleString("en")} of ${all} traces` : `${all} ${site.traces === 1 ? "trace" : "traces"}`;
    $("clear").hidden = !narrowed;
    if ($("query").value !== query && document.activeElement !== $("query")) $("query").value = query;
    if (!query && document.activeElement === $("query") && $("query").value && !typing) $("query").value = "";
  };

  // On a narrow screen there is room for the overview or for the list.
  const tab = (name) => {
    document.body.dataset.tab = name;
    for (const button of document.querySelectorAll(".tabs button"))
      button.setAttribute("aria-pressed", String(button.dataset.tab === name));
    list.redraw();
  };

  // Typing is not over when the address changes through it.
  let typing = 0;

  const say = (article, title, text) => article.replaceChildren(make("header.head", null, make("h1", null, title)), make("p", null, text));

  const showTrace = async (id) => {
    const article = $("story");
    document.body.classList.toggle("reading", Boolean(id));
    article.hidden = !id;
    $("overview").hidden = Boolean(id);
    if (!id) {
      shown = null;
      document.title = site.title;
      list.choose(-1);
      return;
    }
    const row = rpsdg.rowOf(id);
    if (row < 0) {
      shown = null;
      if (complete) say(article, "Not here", `No trace of this data set has an id that starts with ${id}.`);
      else say(article, "Loading…", `Looking for ${id}.`);
      return;
    }
    if (shown === id) return;
    shown = id;
    list.choose(row);
    document.title = `${rows.ids[row].slice(0, 12)} · ${site.title}`;
    const [shard, place] = rpsdg.shardOf(row);
    article.setAttribute("aria-busy", "true");
    try {
      const traces = await rpsdg.loadKept(shard);
      if (shown !== id) return; // another one was chosen meanwhile
      rpsdg.countFormulasAnew();
      const back = make("a.back", { href: route.address({ ...route.read(), id: "" }) }, "‹ All traces");
      article.replaceChildren(back, ...rpsdg.story(traces[place], row).filter(Boolean));
    } catch (error) {
      shown = null;
      say(article, "It cannot be shown", error.message);
    }
    article.removeAttribute("aria-busy");
    $("main").scrollTop = 0;
    window.scrollTo(0, 0);
    $("main").focus({ preventScroll: true });
  };

  const show = () => {
    const { query, chosen } = route.read();
    if (query || Object.keys(chosen).length) tab("traces");
    showFound();
    showTrace(route.read().id);
  };

  window.addEventListener("hashchange", show);
  $("query").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      typing = 0;
      route.go({ query: $("query").value.trim() }, { replace: true });
    }, rows.ids.length > 20_000 ? 80 : 0); // each letter searches a large data set anew
  });
  $("query").addEventListener("focus", () => tab("traces"));
  for (const button of document.querySelectorAll(".tabs button"))
    button.addEventListener("click", () => tab(button.dataset.tab));
  document.querySelector(".home").addEventListener("click", () => tab("overview"));
  $("clear").addEventListener("click", () => {
    $("query").value = "";
    route.go({ query: "", chosen: {} });
  });
  // On paper nothing can be opened.
  window.addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("main details:not(.raw)")) box.open = true;
  });
  if (matchMedia("(min-width: 60rem)").matches) $("filters-box").open = true;

  tab("overview");
  show();
  rpsdg.loadAll((all) => {
    complete = all;
    show();
    if (all) performance.mark("listed");
  }).catch((error) => {
    $("news").textContent = error.message;
    $("news").hidden = false;
  });
})();
