// The keyboard. A key does nothing while one is typing, or together with Ctrl, Alt or Meta.
"use strict";
(() => {
  const { route, list, rows } = rpsdg;
  const $ = (id) => document.getElementById(id);

  const move = (by) => {
    const row = list.neighbour(by);
    if (row !== undefined) route.go({ id: rows.ids[row] });
  };

  const step = (by) => {
    const steps = [...document.querySelectorAll(".step")];
    const at = steps.indexOf(document.activeElement?.closest(".step"));
    const next = steps[at < 0 ? (by > 0 ? 0 : steps.length - 1) : at + by];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "start" });
  };

  const escape = () => {
    if (document.activeElement === $("query")) {
      if ($("query").value) route.go({ query: "" }, { replace: true });
      $("query").blur();
    } else if (route.read().id) route.go({ id: "" });
    else route.go({ chosen: {}, query: "" });
  };

  const openFilters = () => {
    $("filters-box").open = true;
    $("filters").querySelector("select")?.focus();
  };

  const actions = {
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    n: () => step(1), p: () => step(-1), f: openFilters, o: () => route.go({ id: "" }), t: rpsdg.nextTheme,
    "/": () => $("query").select(), "?": () => $("help").showModal(), Escape: escape,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || $("help").open) return;
    const target = event.target;
    const typing = target.matches("input, select, textarea, [contenteditable]");
    if (typing && !(event.key === "Escape" || (event.key === "ArrowDown" && target === $("query")))) return;
    // Text that can be scrolled keeps the arrows.
    if (event.key.startsWith("Arrow") && target.closest("pre")) return;
    const action = actions[event.key];
    if (!action || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    if (typing && event.key === "ArrowDown") target.blur();
    action();
  });

  $("keys").addEventListener("click", () => $("help").showModal());
})();
