// What is shown is in the address, so that it can be kept and sent: #ID?level=3&q=text.
"use strict";
(() => {
  const read = () => {
    const [id, parameters] = location.hash.slice(1).split(/\?(.*)/s);
    const chosen = {};
    for (const [key, value] of new URLSearchParams(parameters ?? ""))
      if (key !== "q" && rpsdg.site.facets.some((facet) => facet.key === key)) chosen[key] = value;
    return {
      id: /^[0-9a-f]{4,64}$/.test(id) ? id : "",
      query: new URLSearchParams(parameters ?? "").get("q") ?? "",
      chosen,
    };
  };

  const address = ({ id, query, chosen }) => {
    const parameters = new URLSearchParams(chosen);
    if (query) parameters.set("q", query);
    const text = parameters.toString();
    return `#${id}${text ? `?${text}` : ""}`;
  };

  // Change some parts of what is shown. Typing replaces the entry in the browser's history, choosing adds one.
  const go = (change, { replace = false } = {}) => {
    const to = address({ ...read(), ...change });
    if (replace) {
      history.replaceState(null, "", to);
      window.dispatchEvent(new HashChangeEvent("hashchange"));
    } else location.hash = to;
  };

  Object.assign(rpsdg, { route: { read, address, go } });
})();
