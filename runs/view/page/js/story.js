// A trace as a story: the problem, the way to the answer step by step, the answer, and what there is to know beside.
"use strict";
(() => {
  const { make, formula, markdown, site } = rpsdg;

  const said = (name) => String(name).replaceAll("_", " ");
  const LABELS = {
    correct: ["right", "✓"], "first-error": ["first error", "✗"], "after-error": ["follows the error", "↳"],
  };
  const STRENGTHS = {
    exact: "proved exactly", enclosure: "rigorous enclosure", sampled: "random samples", executed: "executed",
  };

  const section = (title, ...children) => {
    const id = `part-${title.toLowerCase().replace(/\W+/g, "-")}`;
    return make("section.part", { "aria-labelledby": id }, make("h2", { id }, title), children);
  };

  const table = (pairs) =>
    make("dl.pairs", null, pairs
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => make("div", null, make("dt", null, name), make("dd", { title: value }, value))));

  const stateOf = (state) => {
    if (typeof state.latex === "string") return formula(state.latex, true);
    if (typeof state.diff === "string") return state.diff ? rpsdg.diff(state.diff) : make("p.note", null, "The untouched program.");
    return make("pre", { tabindex: 0 }, make("code", null, JSON.stringify(state, null, 1)));
  };

  const evidence = (one) =>
    make("li", null, make("b", null, one.judge), make("span.strength", null, STRENGTHS[one.strength] ?? one.strength),
      Object.entries(one.saw).map(([name, value]) =>
        make("span.saw", null, said(name), " ", make("b", null, typeof value === "object" ? JSON.stringify(value) : String(value)))));

  const step = (one, number, of) => {
    const [label, mark] = LABELS[one.label] ?? [one.label, ""];
    const id = `step-${number}`;
    return make(`li.step.${one.label}`, { id, tabindex: -1, "aria-labelledby": `${id}-title` },
      make("h3", { id: `${id}-title` },
        make("span.number", { "aria-label": `Step ${number} of ${of}` }, String(number)),
        make("span.rule", null, one.rule),
        (one.label !== "correct" || of > 1) && make("span.label", null, mark, " ", label),
        one.aim.mistake && make("span.mistake", null, String(one.aim.mistake))),
      make("div.said", null, markdown(one.explanation, 4)),
      typeof one.after.latex === "string" && formula(one.after.latex, true),
      one.actions.length > 0 && make("div.actions", null, one.actions.map(rpsdg.action)),
      one.evidence.length > 0 && make("ul.evidence", { "aria-label": "Evidence" }, one.evidence.map(evidence)));
  };

  const negative = (one, number) =>
    make("details.negative", null,
      make("summary", null, make("b", null, `${number}`), " ", one.reason,
        Object.entries(one.verdict).map(([name, value]) => make("span.saw", null, said(name), " ", make("b", null,
          // Steps are counted from 0 in the data, from 1 for people.
          name === "first_error" && Number.isInteger(value) ? `step ${value + 1}` : String(value))))),
      stateOf(one.state));

  const command = (words) => {
    const text = rpsdg.shell(words);
    return make("div.command", null, make("pre", { tabindex: 0 }, make("code", null, text)), rpsdg.copyButton(() => text));
  };

  // A line of text with its number, for tests that fail; of many the first, and the rest when asked for.
  const names = (all) => {
    const shown = 12;
    const list = (some) => make("ul.tests", null, some.map((name) => make("li", null, make("code", null, name))));
    return [list(all.slice(0, shown)),
      all.length > shown && make("details", null, make("summary", null, `${all.length - shown} more`), list(all.slice(shown)))];
  };

  const meter = (score) => {
    const bar = make("meter", { min: 0, max: 1, value: score }, String(score));
    return make("p.score", null, bar, make("b", null, score.toFixed(2)), make("span.note", null, "of 1"));
  };

  const headOf = (trace, row) => {
    const source = trace.provenance.source;
    const level = rpsdg.levelOf(row);
    const places = [source.places ?? []].flat().map((place) => `${place?.path}:${place?.first_line}`);
    const rules = [...new Set(trace.steps.map((one) => one.rule))];
    const title = places.length ? rules : [source.family ?? rules[0] ?? trace.domain];
    return make("header.head", null,
      make("p.kicker", null, trace.domain, source.name && [" · ", source.name, " ", source.version ?? ""]),
      make("h1", null, title.map((rule, i) => [i ? make("span.then", null, " + ") : "", rule])),
      places.length > 0 && make("p.places", null, places.map((place) => make("code", null, place))),
      make("ul.chips", { "aria-label": "At a glance" },
        level && make("li", null, "level", make("span.level", { "data-level": level }, level)),
        make("li", null, make("b", null, String(trace.steps.length)), trace.steps.length === 1 ? "step" : "steps"),
        trace.checks && make("li", null, make("b", null, String(trace.checks.fail_to_pass.length)),
          trace.checks.fail_to_pass.length === 1 ? "failing test" : "failing tests"),
        trace.checks && make("li", null, trace.checks.confirmed === "full" ? "judged by the whole suite" : "judged by covering tests"),
        source.licence && make("li", null, source.licence),
        trace.steps.some((one) => one.label === "first-error") && make("li.wrong", null, "with a wrong step")),
      make("p.id", null, make("code", null, trace.id), rpsdg.copyButton(() => trace.id, "Copy id"),
        rpsdg.copyButton(() => location.href.split("#")[0] + `#${trace.id.slice(0, 16)}`, "Copy link")));
  };

  rpsdg.story = (trace, row) => {
    const { problem, checks, provenance } = trace;
    const source = provenance.source;
    const about = Object.entries(source)
      .filter(([name, value]) => !["places", "notes"].includes(name) && value !== null && typeof value !== "object")
      .map(([name, value]) => [said(name), String(value)]);
    return [
      headOf(trace, row),
      section("Problem", markdown(problem.statement),
        typeof problem.state.latex === "string" && !problem.statement.includes(problem.state.latex) && formula(problem.state.latex, true),
        make("p.note", null, "style ", make("b", null, problem.style))),
      section("Solution", make("ol.steps", null, trace.steps.map((one, i) => step(one, i + 1, trace.steps.length)))),
      section("Answer",
        typeof trace.answer.state.latex === "string" ? formula(trace.answer.state.latex, true) : rpsdg.diff(trace.answer.text),
        typeof trace.answer.state.latex === "string" && make("p.typed", null, "as one types it ", make("code", null, trace.answer.text))),
      trace.negatives.length > 0 && section("Wrong answers, verified", trace.negatives.map((one, i) => negative(one, i + 1))),
      checks && section("Tests that must pass", names(checks.fail_to_pass)),
      section("Difficulty", trace.score !== null && trace.score !== undefined && meter(trace.score),
        table(Object.entries(trace.features).map(([name, value]) => [said(name), String(value)]))),
      section("How to repeat it", make("p.note", null, checks ? "Show it in a terminal, check every claim of its data set, run its tests:" : "Show it in a terminal, check every claim of its data set:"),
        command(["rpsdg", "show", site.folder, trace.id.slice(0, 12)]),
        command(["rpsdg", "verify", site.folder]),
        checks && command(checks.command)),
      section("Where it comes from",
        table([...about, ["generator", `rpsdg ${provenance.generator}`], ["seed", String(provenance.seed)],
          ["candidate", String(provenance.index)], ["environment", provenance.environment.id],
          ["python", provenance.environment.python], ["content hash", trace.content_hash]]),
        make("details.raw", null, make("summary", null, "The record"),
          rpsdg.copyButton(() => JSON.stringify(trace)),
          make("pre", { tabindex: 0 }, make("code", null, JSON.stringify(trace, null, 1).slice(0, 400_000).split("\n").map((line) => `${line}\n`))))),
    ];
  };
})();
