// What is known of every trace: columns, filled shard by shard, and which rows a search leaves.
"use strict";
(() => {
  const site = JSON.parse(document.getElementById("site").textContent);
  const rows = { ids: [], titles: [], notes: [], facets: {}, words: [] };
  for (const facet of site.facets) rows.facets[facet.key] = [];

  const append = (shard) => {
    for (const [name, column] of [["ids", shard.id], ["titles", shard.title], ["notes", shard.note]])
      for (const value of column) rows[name].push(value);
    for (const facet of site.facets) {
      const column = rows.facets[facet.key];
      for (const codes of shard.facets[facet.key]) column.push(codes);
    }
  };

  // One lower-case text a row, made at the first search.
  const wordsOf = (row) => {
    let words = rows.words[row];
    if (words === undefined) {
      words = [rows.ids[row], rows.titles[row], rows.notes[row]];
      for (const facet of site.facets)
        for (const code of rows.facets[facet.key][row]) words.push(facet.values[code].name);
      words = rows.words[row] = words.join("\n").toLowerCase();
    }
    return words;
  };

  // Return the rows that match, in order, and for each facet how many rows each of its values would leave, whatever
  // is chosen in the facet itself.
  const search = (query, chosen) => {
    const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
    const tests = site.facets
      .map((facet) => [facet.key, facet.values.findIndex((v) => v.name === chosen[facet.key])])
      .filter(([key]) => chosen[key] !== undefined)
      .map(([key, code]) => ({ key, code, column: rows.facets[key] }));
    const counts = {};
    for (const facet of site.facets) counts[facet.key] = new Uint32Array(facet.values.length);
    const count = (key, row) => {
      for (const code of rows.facets[key][row]) counts[key][code]++;
    };
    const found = [];
    for (let row = 0; row < rows.ids.length; row++) {
      let missed = null;
      let misses = 0;
      for (const test of tests)
        if (!test.column[row].includes(test.code) && ++misses) {
          if (misses > 1) break;
          missed = test.key;
        }
      if (misses > 1) continue;
      if (wanted.length) {
        const words = wordsOf(row);
        if (!wanted.every((word) => words.includes(word))) continue;
      }
      if (misses) count(missed, row);
      else {
        found.push(row);
        for (const facet of site.facets) count(facet.key, row);
      }
    }
    return { found, counts };
  };

  // Return the row of an id, or of the beginning of one; -1 if it is not there (yet).
  const rowOf = (id) => rows.ids.findIndex((known) => known.startsWith(id) || id.startsWith(known));

  // Return the name of the shard that holds a row's trace, and its place in it.
  const shardOf = (row) => {
    let low = 0;
    let high = site.stories.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (site.stories[middle] <= row) low = middle;
      else high = middle - 1;
    }
    return [`story-${String(low).padStart(5, "0")}`, row - site.stories[low]];
  };

  const loadAll = async (each) => {
    for (let number = 0; number < site.indexes; number++) {
      append(await rpsdg.load(`index-${String(number).padStart(5, "0")}`));
      each(rows.ids.length === site.traces);
    }
  };

  Object.assign(rpsdg, { site, rows, search, rowOf, shardOf, loadAll });
})();
