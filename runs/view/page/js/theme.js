// Light, dark, or as the system has it. Runs before anything is drawn, so that nothing flashes.
"use strict";
(() => {
  const root = document.documentElement;
  const names = ["system", "light", "dark"];

  // Storage is refused in some browsers for pages from a file; the choice then lasts as long as the page.
  const stored = () => {
    try {
      return localStorage.getItem("rpsdg-theme");
    } catch {
      return null;
    }
  };

  const set = (name) => {
    root.dataset.theme = name;
    const label = document.querySelector("#theme .label");
    if (label) label.textContent = name;
  };

  rpsdg.nextTheme = () => {
    const name = names[(names.indexOf(root.dataset.theme) + 1) % names.length];
    set(name);
    try {
      localStorage.setItem("rpsdg-theme", name);
    } catch {
      // as above
    }
  };

  const first = stored();
  set(names.includes(first) ? first : "system");
  document.addEventListener("DOMContentLoaded", () => {
    set(root.dataset.theme);
    document.getElementById("theme").addEventListener("click", rpsdg.nextTheme);
  });
})();
