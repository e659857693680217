// What was done inside a step, and what came back: commands with their output, lines read, edits.
"use strict";
(() => {
  const { make } = rpsdg;
  const LINES = 24;
  const CHARACTERS = 6_000;
  const MOST = 400_000;

  const quote = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\"'\"'")}'`);
  rpsdg.shell = (command) => [command].flat().map((word) => quote(String(word))).join(" ");

  // A long text: its beginning, and the rest when it is asked for.
  const clipped = (text, draw) => {
    const lines = text.split("\n");
    const short = lines.slice(0, LINES).join("\n").slice(0, CHARACTERS);
    const box = make("div.clip", null, draw(short));
    if (short.length < text.length) {
      const all = text.slice(0, MOST);
      const left = text.length > MOST ? ` of ${text.length.toLocaleString("en")} characters the first ${MOST.toLocaleString("en")}` : ` all ${lines.length.toLocaleString("en")} lines`;
      const button = make("button.more", { type: "button" }, `Show${left}`);
      button.addEventListener("click", () => box.replaceChildren(draw(all)));
      box.append(button);
    }
    return box;
  };

  // Output of pytest, with what it says about failing and passing in colour.
  const output = (text) => {
    const kinds = [
      [/^E( |$)/, "fail"], [/^(FAILED|ERROR)\b/, "fail"], [/^=+ .*\b\d+ (failed|error)/, "fail"],
      [/^\d+ failed|, \d+ failed/, "fail"], [/^(=+ )?\d+ passed/, "pass"], [/^[=_-]{3,}/, "faint"],
    ];
    return make("pre.output", { tabindex: 0, "aria-label": "Output" }, make("code", null,
      text.split("\n").flatMap((line, i) => {
        const kind = kinds.find(([pattern]) => pattern.test(line))?.[1];
        return [i ? "\n" : "", kind ? make(`span.${kind}`, null, line) : line];
      })));
  };

  // Lines as they were read, `   12  text`: numbers to the margin, the rest in colour.
  const source = (text, inside) => {
    const lines = text.split("\n").map((line) => /^ *(\d+) {2}(.*)$/s.exec(line));
    if (!lines.some(Boolean)) return make("pre", { tabindex: 0 }, make("code", null, text));
    const kept = lines.filter(Boolean);
    const box = make("code");
    const holder = document.createElement("div");
    holder.append(make("div", null, rpsdg.python(kept.map((one) => one[2]).join("\n"), inside)));
    // The coloured text, cut into lines again.
    let line = make("span.line", { "data-number": kept[0][1] });
    let number = 0;
    const end = () => {
      line.append("\n");
      box.append(line);
      number++;
      line = make("span.line", { "data-number": kept[number]?.[1] ?? "" });
    };
    for (const node of [...holder.firstChild.childNodes])
      node.textContent.split("\n").forEach((part, i) => {
        if (i) end();
        if (!part) return;
        const piece = node.nodeType === Node.TEXT_NODE ? document.createTextNode(part) : node.cloneNode(false);
        if (piece.nodeType !== Node.TEXT_NODE) piece.textContent = part;
        line.append(piece);
      });
    end();
    return make("pre.source", { tabindex: 0, "aria-label": "Source" }, box);
  };

  const called = (tool, ...what) => [make("span.tool", null, tool), what];

  const card = (kind, caption, content) =>
    make(`figure.action.${kind}`, null, make("figcaption", null, caption), content);

  rpsdg.action = (action) => {
    const input = action.input;
    if (action.tool === "run")
      return card("run", called("run", make("code", null, rpsdg.shell(input.command ?? []))),
        clipped(action.observation.trimEnd(), output));
    if (action.tool === "read")
      return card("read",
        called("read", make("code", null, String(input.path ?? "")), make("span.where", null, `lines ${input.first ?? "?"}–${input.last ?? "?"}`)),
        clipped(action.observation.trimEnd(), (text) => source(text, rpsdg.beginsInside(action.observation))));
    const path = String(input.path ?? "");
    return rpsdg.edit(path, String(input.old ?? ""), String(input.new ?? ""), called("edit", make("code", null, path)));
  };
})();
