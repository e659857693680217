// Under `rpsdg view --serve` the data set may still grow: ask now and then which edition of the pages there is.
"use strict";
(() => {
  const EVERY = 2_000;
  const news = document.getElementById("news");
  const ask = async () => {
    try {
      const { edition, traces } = await rpsdg.load("edition", true);
      if (edition !== rpsdg.site.edition) {
        if (!rpsdg.route.read().id && window.scrollY === 0) location.reload();
        else {
          const reload = rpsdg.make("button", { type: "button" }, "Show them");
          reload.addEventListener("click", () => location.reload());
          news.replaceChildren(`There are ${traces.toLocaleString("en")} traces now. `, reload);
          news.hidden = false;
        }
      }
    } catch {
      // The server has ended; what is shown stays.
      return;
    }
    setTimeout(ask, EVERY);
  };
  setTimeout(ask, EVERY);
})();
