// What only the page itself can do: keep JupyterLab's keys off our controls, and bring a part into view.
function guard(event) {
  const target = event.target;
  if (target instanceof Element && target.closest(".jp-OutputArea-output, .jp-RenderedHTMLCommon")) {
    target.setAttribute("data-lm-suppress-shortcuts", "true");
  }
}

// Radio buttons come without the name of their group; a screen reader should read the question with each.
function nameParts() {
  for (const group of document.querySelectorAll(".widget-radio:not([role])")) {
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", group.querySelector(".widget-label")?.textContent ?? "");
  }
  // A chart that was scrolled away is kept as a picture of itself, which comes without words.
  for (const picture of document.querySelectorAll("img.plot-img:not([alt])")) {
    picture.setAttribute("alt", "Chart; the sentence beside it says what it shows, and the table holds its figures.");
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

// JupyterLab loses the rest of a Run All that is pressed in the moment before it knows its kernel: the first cell
// runs in a kernel made for it, the last one is left selected and empty. Then press Start once more.
function finishRunAll(checksLeft) {
  const last = [...document.querySelectorAll(".jp-CodeCell")].at(-1);
  if (!last?.matches(".jp-mod-noOutputs.jp-mod-active") || checksLeft === 0) {
    return;
  }
  if (document.querySelector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')) {
    document.querySelector('[data-commandlinker-command="notebook:run-all-cells"]')?.click();
  } else {
    setTimeout(() => finishRunAll(checksLeft - 1), 500);
  }
}

// In a notebook that was reached by a link a press on Start may come before the page knows the kernel, and is then
// lost without a word. Where nothing is shown a while later, press once more; this press itself is not looked after.
function repeatLostStart(event) {
  const start = event.target.closest?.('[data-commandlinker-command="notebook:run-all-cells"]');
  const notebook = start?.closest(".jp-Notebook");
  if (!notebook || !event.isTrusted) {
    return;
  }
  let checksLeft = 60;
  const check = () => {
    if (!notebook.isConnected || notebook.querySelector(".jp-OutputArea-output, .widget-box, .dk") || checksLeft-- === 0) {
      return;
    }
    const idle = [...document.querySelectorAll('.jp-Notebook-ExecutionIndicator[data-status="idle"]')].some((e) => e.checkVisibility());
    if (idle) {
      start.click();
    } else {
      setTimeout(check, 500);
    }
  };
  setTimeout(check, 1500);
}

// A page may not go to a data address by a link; a copy of the file in memory may be opened.
async function openCopy(event) {
  const link = event.target.closest?.("a.dk-open");
  if (link) {
    event.preventDefault();
    const page = window.open("", "_blank");
    page.location = URL.createObjectURL(await (await fetch(link.href)).blob());
  }
}

export default {
  render({ model }) {
    document.addEventListener("focusin", guard, true);
    const watcher = new MutationObserver(nameParts);
    watcher.observe(document.body, { childList: true, subtree: true });
    if (!document.documentElement.dataset.dkStart) {
      document.documentElement.dataset.dkStart = "watched"; // once a page, however many notebooks are open in it
      document.addEventListener("click", repeatLostStart, true);
      document.addEventListener("click", openCopy, true);
    }
    const rescue = setTimeout(() => finishRunAll(60), 1500);
    const onShow = () => show(model.get("show").split(" ")[0], 300);
    model.on("change:show", onShow);
    return () => {
      document.removeEventListener("focusin", guard, true);
      clearTimeout(rescue);
      watcher.disconnect();
      model.off("change:show", onShow);
    };
  },
};
