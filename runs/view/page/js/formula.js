// Formulas. KaTeX is fetched when the first one is to be shown; until then, and if it fails, its source stands there.
"use strict";
(() => {
  const { make } = rpsdg;
  const LONGEST = 20_000;
  const MOST = 2_000;
  let left = MOST;
  let katexReady = null;

  const loadKatex = () =>
    (katexReady ??= new Promise((resolve, reject) => {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = "katex/katex.min.css";
      const script = document.createElement("script");
      script.src = "katex/katex.min.js";
      script.onload = resolve;
      script.onerror = () => reject(new Error("katex/katex.min.js cannot be loaded"));
      document.head.append(style, script);
    }));

  const typeset = (node, latex, display) => {
    const drawn = document.createElement("span");
    // LaTeX comes from strangers, too: no links or classes of its own, no endless macros, no giant rules. Both
    // HTML and MathML are made; a screen reader reads the latter.
    const options = { displayMode: display, trust: false, maxExpand: 300, maxSize: 20, strict: "ignore" };
    try {
      katex.render(latex, drawn, options);
    } catch {
      node.classList.add("bad");
      return;
    }
    node.replaceChildren(drawn);
    node.classList.add("typeset");
  };

  // A page of many thousand formulas would stand still; each trace that is opened begins to count anew.
  rpsdg.countFormulasAnew = () => (left = MOST);

  // Return an element for a formula; `display` gives it lines of its own.
  rpsdg.formula = (latex, display = false) => {
    const node = make(display ? "div.formula" : "span.formula", null, make("code", null, latex.slice(0, LONGEST)));
    if (latex.length > LONGEST || left-- <= 0) return node;
    if (window.katex) typeset(node, latex, display);
    else loadKatex().then(() => typeset(node, latex, display), () => {});
    return node;
  };
})();
