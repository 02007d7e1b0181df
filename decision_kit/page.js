// What only the page itself can do: keep JupyterLab's keys off our controls, and bring a part into view.
function guard(event) {
  const target = event.target;
  if (target instanceof Element && target.closest(".jp-OutputArea-output, .jp-RenderedHTMLCommon")) {
    target.setAttribute("data-lm-suppress-shortcuts", "true");
  }
}

// Radio buttons come without the name of their group; a screen reader should read the question with each.
function nameGroups() {
  for (const group of document.querySelectorAll(".widget-radio:not([role])")) {
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", group.querySelector(".widget-label")?.textContent ?? "");
  }
}

function show(name, framesLeft) {
  const part = document.querySelector(`.${name}`);
  if (part && part.querySelector("input")) {
    part.scrollIntoView({ block: "start" });
    part.querySelector("input").focus({ preventScroll: true });
  } else if (framesLeft > 0) {
    requestAnimationFrame(() => show(name, framesLeft - 1)); // the controls are still on their way
  }
}

export default {
  render({ model }) {
    document.addEventListener("focusin", guard, true);
    const watcher = new MutationObserver(nameGroups);
    watcher.observe(document.body, { childList: true, subtree: true });
    const onShow = () => show(model.get("show").split(" ")[0], 300);
    model.on("change:show", onShow);
    return () => {
      document.removeEventListener("focusin", guard, true);
      watcher.disconnect();
      model.off("change:show", onShow);
    };
  },
};
