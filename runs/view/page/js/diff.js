// Diffs: lines that went and came, with the part of a line that differs marked in it.
"use strict";
(() => {
  const { make } = rpsdg;
  const LONG_LINE = 2_000;
  const MOST_LINES = 2_000;

  // Return how many characters two lines share at both ends.
  const shared = (one, other) => {
    const most = Math.min(one.length, other.length);
    let head = 0;
    while (head < most && one[head] === other[head]) head++;
    // Whole words differ, not letters: back to where the word begins, and the same at the end.
    while (head > 0 && /\w/.test(one[head - 1]) && (/\w/.test(one[head] ?? "") || /\w/.test(other[head] ?? ""))) head--;
    let tail = 0;
    while (tail < most - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++;
    const wordAt = (line) => /\w/.test(line.at(-1 - tail) ?? "") && line.length - tail > head;
    while (tail > 0 && /\w/.test(one.at(-tail)) && (wordAt(one) || wordAt(other))) tail--;
    return [head, tail];
  };

  const inColour = (text) => (text.length > LONG_LINE ? [text] : rpsdg.python(text));

  // A line with the part that differs marked, if it has something in common with its counterpart.
  const content = (line, counterpart) => {
    if (counterpart === undefined || line.length > LONG_LINE || counterpart.length > LONG_LINE) return inColour(line);
    const [head, tail] = shared(line, counterpart);
    if (line.slice(0, head).trim().length + tail < 3) return inColour(line);
    const middle = line.slice(head, line.length - tail);
    return [
      inColour(line.slice(0, head)),
      middle ? make("mark", null, inColour(middle)) : [],
      tail ? inColour(line.slice(-tail)) : [],
    ];
  };

  const row = (mark, text, number, counterpart) => {
    const kind = { "-": "del", "+": "ins" }[mark] ?? "span";
    return make(`${kind}.line`, { "data-number": number ?? "", "data-mark": mark === "-" ? "−" : mark },
      content(text, counterpart), "\n");
  };

  // Rows for lines with marks. A run of lost lines and the run of new ones after it are counterparts of each other.
  const rows = (lines) => {
    const out = [];
    for (let at = 0; at < lines.length; ) {
      const run = (mark) => {
        const from = at;
        while (at < lines.length && lines[at].mark === mark) at++;
        return lines.slice(from, at);
      };
      const same = run(" ");
      const lost = run("-");
      const came = run("+");
      for (const one of same) out.push(row(" ", one.text, one.number));
      const pairs = lost.length === came.length;
      lost.forEach((one, i) => out.push(row("-", one.text, one.number, pairs ? came[i].text : undefined)));
      came.forEach((one, i) => out.push(row("+", one.text, one.number, pairs ? lost[i].text : undefined)));
    }
    return out;
  };

  const block = (title, lines, caption = title) => {
    const shown = lines.slice(0, MOST_LINES);
    return make(lines.some((line) => line.number) ? "figure.diff" : "figure.diff.unnumbered", null,
      make("figcaption", null, caption),
      make("pre", { tabindex: 0, "aria-label": `Changes in ${title}` }, make("code", null, rows(shown))),
      lines.length > shown.length && make("p.more", null, `${lines.length - shown.length} more lines`));
  };

  // Return the files and lines of a unified diff.
  const parse = (text) => {
    const files = [];
    let file = null;
    let left = [0, 0];
    let number = 0;
    for (const line of text.split("\n")) {
      if (file && (left[0] > 0 || left[1] > 0) && " -+\\".includes(line[0] ?? " ")) {
        const mark = line[0] ?? " ";
        if (mark === "\\") continue;
        if (mark !== "+") left[0]--;
        if (mark !== "-") left[1]--;
        // Numbers are those of the file after the change; a line that went has none there.
        file.lines.push({ mark, text: line.slice(1), number: mark === "-" ? "" : number });
        if (mark !== "-") number++;
        continue;
      }
      const head = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (head && file) {
        if (file.lines.length) file.lines.push({ mark: " ", text: "", number: "⋯" });
        left = [Number(head[1] ?? 1), Number(head[3] ?? 1)];
        number = Number(head[2]);
      } else if (line.startsWith("+++ ") || line.startsWith("--- ")) {
        const path = line.slice(4).replace(/^[ab]\//, "");
        if (line.startsWith("--- ")) files.push((file = { path, lines: [] }));
        else if (file && path !== "/dev/null") file.path = path;
      }
    }
    return files;
  };

  // Return the lines of two texts with marks: what both begin and end with, and between it the rest of each.
  const compare = (before, after) => {
    const [one, other] = [before, after].map((text) => text.replace(/\n$/, "").split("\n"));
    let head = 0;
    while (head < one.length && head < other.length && one[head] === other[head]) head++;
    let tail = 0;
    while (tail < Math.min(one.length, other.length) - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++;
    const marked = (mark, lines) => lines.map((text) => ({ mark, text }));
    return [
      ...marked(" ", one.slice(0, head)),
      ...marked("-", one.slice(head, one.length - tail)),
      ...marked("+", other.slice(head, other.length - tail)),
      ...marked(" ", one.slice(one.length - tail)),
    ];
  };

  rpsdg.diff = (text) => {
    const files = parse(text);
    if (!files.length) return make("pre", { tabindex: 0 }, make("code", null, text));
    return make("div", null, files.map((file) => block(file.path, file.lines)));
  };
  rpsdg.edit = (path, before, after, caption) => block(path, compare(before, after), caption);
})();
