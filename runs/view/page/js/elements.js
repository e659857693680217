// Elements out of texts. Everything a trace says was written by strangers, so it only ever becomes text nodes, and
// characters that hide or reorder what stands beside them are shown by their number.
"use strict";
(() => {
  // Controls but line feed and tab, marks of direction (which can make code read as other code than it is), what
  // has no width, separators of lines, and tags. Joiners stay: emoji and some scripts need them.
  const unseen =
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

  const code = (character) =>
    `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

  // What no one reads to its end need not be laid out to its end; whole records are shown line by line.
  const LONGEST = 20_000;
  const MARKS = 500;

  // Append a text to a node, with nothing in it unseen; of an enormous one the beginning.
  const write = (node, whole) => {
    const text = whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
    let last = 0;
    let marks = 0;
    for (const found of text.matchAll(unseen)) {
      if (found.index > last) node.append(text.slice(last, found.index));
      const mark = document.createElement("span");
      mark.className = "unseen";
      mark.textContent = code(found[0]);
      node.append(mark);
      last = found.index + found[0].length;
      if (++marks === MARKS) break;
    }
    const rest = last ? text.slice(last) : text;
    if (rest) node.append(marks === MARKS ? rest.replaceAll(unseen, "\ufffd") : rest);
  };

  // Make an element: `make("p.note", {id: "x"}, "text", child, …)`. Names of elements, classes and attributes are
  // written in these scripts, never taken from data; an address in a link begins with #.
  const make = (what, attributes, ...children) => {
    const [tag, ...classes] = what.split(".");
    const node = document.createElement(tag);
    if (classes.length) node.className = classes.join(" ");
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (name === "href" && !String(value).startsWith("#")) throw new Error("links stay on the page");
      if (name.startsWith("on")) throw new Error("listeners are added, not written");
      node.setAttribute(name, value);
    }
    add(node, children);
    return node;
  };

  const add = (node, children) => {
    for (const child of children) {
      if (Array.isArray(child)) add(node, child);
      else if (child instanceof Node) node.append(child);
      else if (child !== null && child !== undefined && child !== false) write(node, String(child));
    }
  };

  const copyButton = (text, label = "Copy") => {
    const button = make("button.copy", { type: "button" }, label);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text());
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => (button.textContent = label), 1500);
    });
    return button;
  };

  Object.assign(rpsdg, { make, write, copyButton });
})();
