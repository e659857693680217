// Python in colours. One pass of one pattern over the text; what it does not know stays as it is.
"use strict";
(() => {
  const { make } = rpsdg;
  const LONGEST = 200_000;

  const words = (text) => new Set(text.split(" "));
  const keywords = words(
    "False None True and as assert async await break case class continue def del elif else except finally for from " +
      "global if import in is lambda match nonlocal not or pass raise return try type while with yield",
  );
  // What is a keyword in one place and a name in most others.
  const soft = words("match case type");
  const builtins = words(
    "abs all any bool bytearray bytes callable chr classmethod dict dir divmod enumerate filter float format " +
      "frozenset getattr hasattr hash id int isinstance issubclass iter len list map max min next object open ord " +
      "pow print property range repr reversed round self set setattr slice sorted staticmethod str sum super tuple " +
      "type vars zip cls",
  );

  // A string that no quote ends runs to the end of the line, or of the text.
  const token =
    /(#.*)|([rbfu]{0,2}(?:"""[^]*?(?:"""|$(?![^]))|'''[^]*?(?:'''|$(?![^]))|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))|(@[\w.]+)|(\b(?:0[xob][\da-f_]+|\d[\d_]*\.?[\d_]*(?:e[+-]?\d+)?j?)\b)|([A-Za-z_\u00aa-\uffff][\w\u00aa-\uffff]*)/giy;

  const kindOf = (found, text, before) => {
    const [all, comment, string, decorator, number] = found;
    if (comment !== undefined) return "comment";
    if (string !== undefined) return "string";
    if (decorator !== undefined) return /\S\s*$/.test(text.slice(text.lastIndexOf("\n", found.index - 1) + 1, found.index)) ? null : "decorator";
    if (number !== undefined) return "number";
    if (soft.has(all)) {
      const rest = text.slice(found.index + all.length, text.indexOf("\n", found.index) >>> 0);
      return /^ +[^=.,)\s].*:?\s*$/.test(rest) && /^\s*$/.test(text.slice(text.lastIndexOf("\n", found.index - 1) + 1, found.index)) ? "keyword" : null;
    }
    if (keywords.has(all)) return "keyword";
    if (before === "def" || before === "class") return "defined";
    if (builtins.has(all) && text[found.index - 1] !== ".") return "builtin";
    return /^[A-Z]\w*(?:Error|Exception|Warning)$/.test(all) ? "builtin" : null;
  };

  // Lines out of the middle of a file may begin inside a docstring: then they end one more than they begin.
  rpsdg.beginsInside = (text) => (text.match(/"""/g) ?? []).length % 2 === 1;

  // Return texts and coloured elements for a piece of Python; `inside` says that it begins inside a docstring.
  rpsdg.python = (text, inside = false) => {
    if (text.length > LONGEST || /[^\n]{3000}/.test(text)) return [text];
    const parts = [];
    const quotes = inside ? text.indexOf('"""') : -1;
    const first = quotes < 0 ? (inside ? text.length : 0) : quotes + 3;
    if (first) parts.push(make("span.py-string", null, text.slice(0, first)));
    let plainFrom = first;
    let at = first;
    let before = "";
    while (at < text.length) {
      token.lastIndex = at;
      const found = token.exec(text);
      if (!found || !found[0]) {
        at++;
        continue;
      }
      const kind = kindOf(found, text, before);
      before = found[0];
      if (kind) {
        if (at > plainFrom) parts.push(text.slice(plainFrom, at));
        parts.push(make(`span.py-${kind}`, null, found[0]));
        plainFrom = at + found[0].length;
      }
      at += found[0].length;
    }
    if (plainFrom < text.length) parts.push(text.slice(plainFrom));
    return parts;
  };
})();
