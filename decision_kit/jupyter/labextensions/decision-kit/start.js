// An extension of JupyterLab and Notebook 7, written as their loader wants it, without a build. They lose a Run All that
// comes before they know the notebook's kernel, or while that kernel starts anew; here it waits for the kernel, from
// wherever it is asked for, and a press on Start says so. Where a notebook has no Start, nothing else is changed.
(() => {
  const RUN_ALL = "notebook:run-all-cells";
  const START = `[data-commandlinker-command="${RUN_ALL}"]`;

  // The kernel of a notebook, idle or at work; a dead or missing one is started.
  async function kernel(context) {
    await context.ready;
    if (!context.session?.kernel) {
      await context.startKernel();
    } else if (context.session.kernel.status === "dead") {
      await context.restartKernel();
    }
    while (!["idle", "busy"].includes(context.kernelDisplayStatus)) {
      await new Promise((resolve) => {
        const signals = [context.statusChanged, context.connectionStatusChanged];
        const changed = () => {
          signals.forEach((signal) => signal.disconnect(changed));
          resolve();
        };
        signals.forEach((signal) => signal.connect(changed));
      });
    }
  }

  // While outputs go and come again the browser would keep some later part in its place, and so move all that is above.
  // The page stays as it is until a person does something.
  function stay(scroller) {
    const acts = ["keydown", "pointerdown", "touchstart", "wheel"];
    const { scrollTop } = scroller;
    const back = () => {
      scroller.scrollTop = scrollTop;
    };
    const grown = new ResizeObserver(back); // it may have been too short meanwhile
    const free = () => {
      grown.disconnect();
      scroller.style.overflowAnchor = "";
      scroller.removeEventListener("scroll", back);
      acts.forEach((act) => document.removeEventListener(act, free, true));
    };
    scroller.style.overflowAnchor = "none";
    scroller.addEventListener("scroll", back);
    grown.observe(scroller.firstElementChild);
    acts.forEach((act) => document.addEventListener(act, free, true));
    return () => scroller.removeEventListener("scroll", back);
  }

  // JupyterLab leaves the last cell active, focused and in view. A person goes on from where they are.
  async function runAll(run, { content }, start) {
    const { activeCellIndex } = content;
    const scroller = content.node.querySelector(".jp-WindowedPanel-outer") ?? content.node;
    const ran = stay(scroller);
    start.blur();
    const done = run(RUN_ALL);
    content.activeCellIndex = activeCellIndex;
    content.deselectAll();
    start.focus({ preventScroll: true });
    await done;
    ran();
    if (document.activeElement === document.body) {
      content.node.querySelector(START)?.focus({ preventScroll: true }); // the one pressed may be gone
    }
  }

  function activate(app) {
    if (!app.shell.currentChanged) {
      return; // Voila loads it too, where a page runs by itself
    }
    const run = app.commands.execute.bind(app.commands);
    app.commands.execute = (command, args) => {
      const context = command === RUN_ALL && app.shell.currentWidget?.sessionContext;
      return context ? kernel(context).then(() => run(command, args)) : run(command, args);
    };
    const press = async (event) => {
      const start = event.target.closest?.(START);
      const panel = start && [...app.shell.widgets("main")].find((widget) => widget.node.contains(start));
      if (!panel?.sessionContext) {
        return;
      }
      event.stopPropagation();
      event.preventDefault();
      if (start.ariaBusy === "true") {
        return; // pressed again while it works
      }
      const words = start.textContent;
      start.ariaBusy = "true";
      start.textContent = "▶ Starting…";
      try {
        await kernel(panel.sessionContext);
        await runAll(run, panel, start);
      } finally {
        start.textContent = words;
        start.ariaBusy = "false";
      }
    };
    document.addEventListener("click", press, true);
    // The bar of a hidden cell is for those who look for it: two clicks show what is behind it, a stray one does not.
    const OURS = ".dk-notebook";
    const BAR = `${OURS} .jp-InputPlaceholder, ${OURS} .jp-Cell:has(.jp-InputPlaceholder) .jp-InputCollapser`;
    const stray = (event) => event.detail === 1 && event.target.closest?.(BAR) && event.stopPropagation();
    document.addEventListener("click", stray, true);
    const quiet = document.createElement("style");
    quiet.textContent = `${OURS} .jp-InputPlaceholder :is(.jp-Placeholder-contentContainer, .jp-Placeholder-content)
      { background: none; border: 0; box-shadow: none; font-size: 11px; min-height: 0; }`;
    document.head.append(quiet);
    const mark = async () => {
      const panel = app.shell.currentWidget;
      await panel?.context?.ready;
      const cells = [...(panel?.content?.model?.cells ?? [])];
      if (cells.some((cell) => cell.sharedModel.source.includes(RUN_ALL))) {
        panel.addClass(OURS.slice(1));
      }
    };
    app.shell.currentChanged.connect(mark);
    mark();
  }

  const plugin = { id: "decision-kit:start", autoStart: true, activate };
  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB["decision-kit"] = { init: () => {}, get: async () => () => ({ __esModule: true, default: plugin }) };
})();
