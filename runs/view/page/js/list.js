// The list. Only the rows that can be seen are in the page, however many there are.
"use strict";
(() => {
  const { make, rows, site, route } = rpsdg;
  const HEIGHT = 64;
  const SPARE = 6;
  // Browsers stop drawing far below some millions of pixels; more rows than this are left to a narrower search.
  const MOST = 200_000;

  const box = document.getElementById("list");
  const inner = make("div.rows");
  box.append(inner);
  const drawn = new Map();
  let found = [];
  let current = -1;

  const nameOf = (key, row) => {
    const facet = site.facets.find((one) => one.key === key);
    return facet ? rows.facets[key][row].map((code) => facet.values[code].name) : [];
  };

  // A row has room for one line: matrices are set small.
  const onOneLine = (title) =>
    title.replaceAll(/\\begin\{[pbv]matrix\}/g, "\\bigl(\\begin{smallmatrix}")
      .replaceAll(/\\end\{[pbv]matrix\}/g, "\\end{smallmatrix}\\bigr)");

  const draw = (place) => {
    const row = found[place];
    const id = rows.ids[row];
    const level = nameOf("level", row)[0];
    const wrong = nameOf("solution", row)[0] === "with a wrong step";
    const link = make("a", { href: route.address({ ...route.read(), id }), tabindex: -1 },
      make("span.title", null, rpsdg.inline(onOneLine(rows.titles[row]))),
      make("span.note", null,
        level && make("span.level", { "data-level": level, title: `level ${level}` }, level),
        make("span.rule", null, (nameOf("family", row).length && nameOf("domain", row)[0] !== "code/bugfix"
          ? nameOf("family", row) : nameOf("rule", row)).join(" · ")),
        wrong && make("span.wrong", null, "wrong step"),
        make("span.place", null, rows.notes[row].replaceAll(/[^ ]*\//g, ""))));
    const node = make("div.row", { role: "listitem", "aria-setsize": found.length, "aria-posinset": place + 1 }, link);
    node.style.top = `${place * HEIGHT}px`;
    if (row === current) link.setAttribute("aria-current", "true");
    return node;
  };

  const update = () => {
    rpsdg.countFormulasAnew();
    const first = Math.max(0, Math.floor(box.scrollTop / HEIGHT) - SPARE);
    const last = Math.min(found.length, MOST, Math.ceil((box.scrollTop + box.clientHeight) / HEIGHT) + SPARE);
    for (const [place, node] of drawn)
      if (place < first || place >= last) {
        node.remove();
        drawn.delete(place);
      }
    for (let place = first; place < last; place++)
      if (!drawn.has(place)) {
        const node = draw(place);
        drawn.set(place, node);
        inner.append(node);
      }
  };

  const redraw = () => {
    drawn.clear();
    inner.replaceChildren();
    inner.style.height = `${Math.min(found.length, MOST) * HEIGHT}px`;
    if (!found.length)
      inner.append(make("p.empty", null, rows.ids.length ? "No trace matches." : site.traces ? "Loading…" : "No traces yet."));
    update();
  };

  let asked = false;
  box.addEventListener("scroll", () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      update();
    });
  }, { passive: true });
  new ResizeObserver(update).observe(box);

  const showRows = (next, { keepScroll = false } = {}) => {
    found = next;
    if (!keepScroll) box.scrollTop = 0;
    redraw();
  };

  // Mark a row as the one that is shown, and bring it into view.
  const choose = (row) => {
    current = row;
    const place = found.indexOf(row);
    if (place >= 0) {
      const top = place * HEIGHT;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + HEIGHT - box.clientHeight;
    }
    redraw();
  };

  // Return the row so many places further on, or undefined where the list ends.
  const neighbour = (by) => {
    const place = found.indexOf(current);
    if (place < 0) return by > 0 ? found[0] : undefined;
    return found[place + by];
  };

  const placeOf = (row) => found.indexOf(row);

  rpsdg.list = { showRows, choose, neighbour, placeOf, redraw, size: () => found.length };
})();
