// The filters: one choice for each thing that traces differ in, with how many traces each choice would leave.
"use strict";
(() => {
  const { make, site, route } = rpsdg;
  const form = document.getElementById("filters");
  const selects = new Map();

  for (const facet of site.facets) {
    if (facet.values.length < 2) continue;
    const select = make("select", { id: `filter-${facet.key}` });
    select.addEventListener("change", () => {
      const chosen = { ...route.read().chosen };
      if (select.value) chosen[facet.key] = select.selectedOptions[0].dataset.name;
      else delete chosen[facet.key];
      route.go({ chosen });
    });
    selects.set(facet.key, select);
    form.append(make("label", null, make("span", null, facet.label), select));
  }
  form.addEventListener("submit", (event) => event.preventDefault());

  rpsdg.showFilters = (chosen, counts) => {
    for (const facet of site.facets) {
      const select = selects.get(facet.key);
      if (!select) continue;
      const options = facet.values
        .map((value, code) => [value.name, code, counts[facet.key][code]])
        .filter(([name, , number]) => number || chosen[facet.key] === name);
      if (facet.ordered) options.sort(([one], [other]) => one.localeCompare(other, "en", { numeric: true }));
      else options.sort((one, other) => other[2] - one[2] || (one[0] < other[0] ? -1 : 1));
      select.replaceChildren(make("option", { value: "" }, "all"));
      for (const [name, code, number] of options) {
        const option = make("option", { value: code }, `${name} (${number.toLocaleString("en")})`);
        option.dataset.name = name;
        option.selected = chosen[facet.key] === name;
        select.append(option);
      }
      select.classList.toggle("chosen", chosen[facet.key] !== undefined);
    }
    const active = Object.keys(chosen).length;
    document.getElementById("active").textContent = active ? ` · ${active} in use` : "";
  };
})();
