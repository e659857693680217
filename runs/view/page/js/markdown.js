// The Markdown of statements and explanations: headings, paragraphs, lists, quotes, code, emphasis, formulas.
// Links and pictures stay text, for their addresses are a stranger's.
"use strict";
(() => {
  const { make, formula } = rpsdg;
  const DEEPEST = 8;
  const LONGEST = 100_000;

  // Code and emphasis have an end within reach: without that a text of many openings would take for ever.
  const inlinePattern =
    /(`+)(?!`)([^]{0,4000}?[^`])\1(?!`)|\$\$([^$]+)\$\$|\$([^$\n]+)\$|\*\*(?=\S)([^]{0,2000}?\S)\*\*|\*(?=\S)([^*\n]*[^*\s])\*|\\([!-/:-@[-`{-~])/g;

  const inline = (text, depth = 0) => {
    const parts = [];
    let last = 0;
    for (const found of text.matchAll(inlinePattern)) {
      const [all, , code, display, latex, strong, emphasis, escaped] = found;
      parts.push(text.slice(last, found.index));
      last = found.index + all.length;
      if (code !== undefined) parts.push(make("code", null, code.replace(/^ (.+) $/s, "$1")));
      else if (display !== undefined) parts.push(formula(display, true));
      else if (latex !== undefined) parts.push(formula(latex));
      else if (escaped !== undefined) parts.push(escaped);
      else if (depth > DEEPEST) parts.push(all);
      else parts.push(make(strong === undefined ? "em" : "strong", null, inline(strong ?? emphasis, depth + 1)));
    }
    parts.push(text.slice(last));
    return parts;
  };

  const fence = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)/;
  const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
  const item = /^( {0,3})([-*+]|\d{1,9}[.)])( +)/;
  const starts = (line) => fence.test(line) || heading.test(line) || item.test(line) || /^ {0,3}>/.test(line);

  const codeBlock = (lines, language) => {
    const text = lines.join("\n");
    return make("pre", { tabindex: 0 }, make("code", null, language === "python" ? rpsdg.python(text) : text));
  };

  // Return the elements for some lines. A heading gets at least the given level, so that the page's outline holds.
  const blocks = (lines, level, depth = 0) => {
    const out = [];
    let at = 0;
    const take = (condition) => {
      const from = at;
      while (at < lines.length && condition(lines[at], at - from)) at++;
      return lines.slice(from, at);
    };
    while (at < lines.length) {
      const line = lines[at];
      let found;
      if (!line.trim()) at++;
      else if ((found = fence.exec(line))) {
        at++;
        const end = new RegExp(`^ {0,3}${found[1][0]}{${found[1].length},}\\s*$`);
        out.push(codeBlock(take((one) => !end.test(one)), found[2]));
        at++;
      } else if ((found = heading.exec(line))) {
        at++;
        out.push(make(`h${Math.min(6, level + found[1].length - 1)}`, null, inline(found[2])));
      } else if (/^( {4}|\t)/.test(line)) {
        const code = take((one) => /^( {4}|\t)/.test(one) || !one.trim()).map((one) => one.replace(/^( {4}|\t)/, ""));
        while (code.length && !code.at(-1).trim()) code.pop();
        out.push(codeBlock(code, ""));
      } else if (/^ {0,3}>/.test(line) && depth < DEEPEST) {
        const quoted = take((one) => /^ {0,3}>/.test(one)).map((one) => one.replace(/^ {0,3}> ?/, ""));
        out.push(make("blockquote", null, blocks(quoted, level, depth + 1)));
      } else if ((found = item.exec(line)) && depth < DEEPEST) {
        const list = make(/\d/.test(found[2]) ? "ol" : "ul");
        while (at < lines.length && (found = item.exec(lines[at]))) {
          // A space after the mark belongs to it; further ones are the indent of code.
          const width = found[1].length + found[2].length + (found[3].length > 4 ? 1 : found[3].length);
          const inner = [lines[at].slice(width)];
          at++;
          inner.push(
            ...take((one) => !one.trim() || /^\s/.test(one) && one.search(/\S/) >= width).map((one) => one.slice(width)),
          );
          list.append(make("li", null, blocks(inner, level, depth + 1)));
        }
        out.push(list);
      } else {
        const text = take((one, number) => one.trim() && (number === 0 || !starts(one)));
        out.push(make("p", null, inline(text.map((one) => one.trim()).join("\n"))));
      }
    }
    return out;
  };

  rpsdg.inline = inline;
  rpsdg.markdown = (text, level = 3) =>
    make("div.prose", null, blocks(text.slice(0, LONGEST).split("\n"), level),
      text.length > LONGEST && make("p.note", null, `${(text.length - LONGEST).toLocaleString("en")} more characters`));
})();
