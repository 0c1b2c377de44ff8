// A link to a device opens it; one button opens or closes all. Without this they open by hand.
(() => {
  "use strict";
  const open = () => {
    let name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const story = document.getElementById(name);
    if (!(story instanceof HTMLDetailsElement)) return;
    story.open = true;
    story.scrollIntoView();
    story.querySelector("summary").focus({ preventScroll: true });
  };
  addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) open();
  });
  open();

  for (const tools of document.querySelectorAll(".tools")) {
    tools.hidden = false;
    tools.querySelector("button").addEventListener("click", () => {
      const stories = [...document.querySelectorAll("details.story")];
      const closed = stories.some((story) => !story.open);
      for (const story of stories) story.open = closed;
    });
  }
})();
