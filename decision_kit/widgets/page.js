// What only the page itself can do: keep JupyterLab's keys off our controls, name them and tell their states to a
// screen reader, keep what was opened open, bring a part into view, and say when the kernel behind it all is gone.
const OURS = ":is(.jp-OutputArea-output, .jp-RenderedHTMLCommon)";
const CONTROLS = ".jupyter-widgets :is(input, select, textarea, button)";
const START = '[data-commandlinker-command="notebook:run-all-cells"]';
const GONE = ["dead", "restarting", "autorestarting", "terminating"];
const STOPPED = "The notebook's kernel has stopped; what was saved is kept, and only that.";
const AWAY = "The connection to the kit is lost; what was saved is kept. It goes on by itself once the connection is back.";
const LATE = "The notebook's kernel does not answer at the moment; your last changes are saved once it does.";
const PATIENCE = 5000; // milliseconds in which the kernel should have begun with what was done

function guard(event) {
  if (event.target instanceof Element && event.target.closest(OURS)) {
    event.target.setAttribute("data-lm-suppress-shortcuts", "true");
  }
}

// A second press while a button works, or out of habit, would do all of it again. To undo is done several times.
function patience(event) {
  const twice = event.detail > 1 && event.target.closest?.(".jupyter-widgets button:not(.dk-undo *)");
  if (twice || event.target.closest?.("button.dk-busy")) {
    event.stopPropagation();
    event.preventDefault();
  }
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

// What ipywidgets leaves out. A screen reader should read the question with each of its choices, and know which theme
// is shown and which question is open.
let groups = 0;

// A range chooses none of the choices; it is told with them, and all that lie in it are marked.
function nameRange(question) {
  const range = question.querySelector(".dk-range");
  const group = question.querySelector(".widget-radio[data-dk-group]");
  if (range && group) {
    range.id = `${group.dataset.dkGroup}-range`;
    set(group, "aria-describedby", range.id);
  } else {
    group?.removeAttribute("aria-describedby");
  }
  [...question.querySelectorAll(".widget-radio-box label")].forEach((choice, level) => {
    const within = Boolean(range) && level >= range.dataset.low && level <= range.dataset.high;
    choice.classList.toggle("dk-within", within);
  });
}

function name() {
  for (const group of document.querySelectorAll(".widget-radio:not([role])")) {
    set(group, "role", "radiogroup");
    set(group, "aria-label", group.querySelector(".widget-label")?.textContent ?? "");
    group.dataset.dkGroup = `dk-${groups++}`;
  }
  // Without a name each button is a group of its own: Tab stops at each, and an arrow leads on into the next question.
  for (const input of document.querySelectorAll(".widget-radio input:not([name])")) {
    input.name = input.closest(".widget-radio").dataset.dkGroup;
  }
  for (const tab of document.querySelectorAll(".dk-themes button")) {
    set(tab, "aria-pressed", String(tab.matches(".mod-info")));
  }
  for (const question of document.querySelectorAll(".dk-question")) {
    const opener = question.querySelector(":scope > button");
    if (opener) {
      set(opener, "aria-expanded", String(Boolean(question.querySelector(".dk-more > *"))));
      set(opener, "aria-label", `${opener.textContent} (${question.querySelector("h3")?.textContent})`);
    }
    nameRange(question);
  }
  for (const button of document.querySelectorAll("button.dk-wide")) {
    set(button, "aria-busy", String(button.matches(".dk-busy")));
  }
  // Whoever has no mouse scrolls a chart with the arrow keys.
  for (const area of document.querySelectorAll(".dk-picture .jp-OutputArea:not([tabindex])")) {
    area.tabIndex = 0;
    set(area, "role", "group");
    set(area, "aria-label", "Chart");
  }
  // A chart that was scrolled away is kept as a picture of itself, which comes without words.
  for (const picture of document.querySelectorAll("img.plot-img:not([alt])")) {
    set(picture, "alt", "Chart; the sentence beside it says what it shows, and the table holds its figures.");
  }
}

// One message may stand in several parts. It is read once, if the others are quiet before the page is next painted.
function quieten() {
  const alerts = new Set();
  for (const message of document.querySelectorAll(".dk-message[role=alert]")) {
    alerts.has(message.textContent) ? message.removeAttribute("role") : alerts.add(message.textContent);
  }
}

// A button that says what becomes of changes goes away when it is pressed. Then the focus goes to the one that comes
// in its place, or back to where it was before.
let before;
let pressed;

function follow({ target }) {
  const panel = target.closest?.(".dk-saving");
  if (panel) {
    pressed = { button: target, panel };
  } else {
    pressed = undefined;
    before = target.matches?.(CONTROLS) ? { control: target, choices: target.closest(".widget-radio") } : before;
  }
}

function refocus(framesLeft) {
  if (!pressed || pressed.button.isConnected || document.activeElement !== document.body) {
    return;
  }
  const next = pressed.panel.querySelector("button");
  if (next) {
    next.focus({ preventScroll: true });
  } else if (framesLeft) {
    requestAnimationFrame(() => refocus(framesLeft - 1)); // it is still on its way
  } else if (before) {
    const { control, choices } = before; // ipywidgets may have made the choices anew
    const same = control.isConnected ? control : choices?.querySelector(`input[value="${control.value}"]`);
    same?.focus({ preventScroll: true });
  }
}

// A panel is drawn anew with every answer; what a person opened in it stays open.
const opened = new Set();
const known = new WeakSet();
const place = (details) => {
  const cells = [...document.querySelectorAll(".jp-Cell")];
  return `${cells.indexOf(details.closest(".jp-Cell"))} ${details.querySelector("summary")?.textContent.replace(/\d+/g, "")}`;
};

function keepOpen(event) {
  if (event.target.matches?.(".dk details")) {
    known.add(event.target);
    event.target.open ? opened.add(place(event.target)) : opened.delete(place(event.target));
  }
}

function reopen() {
  for (const details of opened.size ? document.querySelectorAll(".dk details:not([open])") : []) {
    if (!known.has(details)) {
      known.add(details);
      details.open = opened.has(place(details));
    }
  }
}

// What unfolds below the edge of the column beside the questions is brought into sight; that column scrolls by itself.
function unfold(event) {
  const details = event.target.closest?.(".dk-side summary")?.parentElement;
  if (details) {
    requestAnimationFrame(() => details.open && details.scrollIntoView({ block: "nearest" }));
  }
}

// One quiet voice for what changed, once a person pauses; whole panels would be read from top to bottom.
const said = new Map();
let voice;
let pause;

function tell() {
  if (!voice) {
    voice = Object.assign(document.createElement("div"), { className: "dk-voice" });
    set(voice, "role", "status");
    document.body.append(voice);
  }
  const news = [];
  for (const part of document.querySelectorAll("[data-dk-say]")) {
    const text = part.textContent.trim();
    if (said.get(part.dataset.dkSay) !== text && part.checkVisibility()) {
      said.set(part.dataset.dkSay, text);
      news.push(text);
    }
  }
  if (news.length) {
    voice.textContent = news.join(" ");
  }
}

// What is not saved is said where a person looks, and once, however far away the box is that says what can be done.
const shown = new Map(); // the parts of the page by their model

function remind() {
  for (const [model, parts] of shown) {
    const part = [...parts].find((each) => each.isConnected);
    const home = part?.closest(".jp-NotebookPanel") ?? (part && document.body);
    const line = home?.querySelector(":scope > .dk-reminder");
    if (line && !model.get("unsaved")) {
      line.remove();
    } else if (home && !line && model.get("unsaved")) {
      const told = Object.assign(document.createElement("div"), { className: "dk-message dk-reminder" });
      set(told, "role", "alert");
      const lead = Object.assign(document.createElement("button"), { textContent: "See what can be done" });
      lead.addEventListener("click", () => leadToBox(home));
      told.append("Your last changes are not saved. ", lead);
      home.append(told);
    }
  }
}

// The same box stands in several parts; the nearest is gone to.
function leadToBox(home) {
  const far = (box) => Math.abs(box.getBoundingClientRect().top);
  const boxes = [...home.querySelectorAll(".dk-saving:has(button)")].filter((box) => box.checkVisibility());
  const box = boxes.sort((one, other) => far(one) - far(other))[0];
  box?.scrollIntoView({ block: "start" });
  box?.querySelector("button").focus({ preventScroll: true });
}

// Who closes a page with changes that are saved nowhere, or on their way, is asked first.
function unsaved() {
  const waits = (each) => each.unsent.size || each.asked.size;
  return Boolean(document.querySelector(".dk-reminder")) || [...watches.values()].some(waits);
}

function warn(event) {
  if (unsaved()) {
    event.preventDefault();
  }
}

let waiting = false;

function look() {
  quieten();
  if (!waiting) {
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      name();
      reopen();
      remind();
      refocus(30);
      clearTimeout(pause);
      pause = setTimeout(tell, 700);
    });
  }
}

function show(part, framesLeft) {
  const input = document.querySelector(`.${part} :is(input, textarea)`);
  if (input) {
    document.querySelector(`.${part}`).scrollIntoView({ block: "start" });
    (document.querySelector(`.${part} input:checked`) ?? input).focus({ preventScroll: true });
  } else if (framesLeft > 0) {
    requestAnimationFrame(() => show(part, framesLeft - 1)); // the controls are still on their way
  }
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

// A name in a list, once it is pressed, goes into the box where one is looked for, as if it were typed there.
function choose(event) {
  const name = event.target.closest?.("[data-dk-choose]");
  const part = name?.closest(".jp-NotebookPanel, body").querySelector(".dk-chosen");
  if (part) {
    const box = part.querySelector("input");
    box.value = name.dataset.dkChoose;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    part.scrollIntoView({ block: "start" });
    box.focus({ preventScroll: true });
  }
}

// Controls whose kernel is gone look alive, and what is answered then is lost. So they are held until it is back, and
// the page says why. One of these watches the kernel for all parts of one notebook.
class Watch {
  constructor(model) {
    this.manager = model.widget_manager;
    this.kernel = this.manager.kernel;
    this.comm = model.get("identity"); // what a kernel no longer knows once it was started anew
    this.parts = new Set();
    this.dead = false;
    this.away = false;
    this.late = false;
    this.unsent = new Map();
    this.asked = new Map(); // what was sent and is not done yet, with what becomes of it if it is not even begun
    this.hear = (_, heard) => this.count(heard);
    this.kernel.anyMessage.connect(this.hear);
    this.check = () => this.judge();
    this.ask = () => this.askKernel();
    this.kernel.statusChanged.connect(this.check);
    this.kernel.disposed.connect(this.check);
    this.kernel.connectionStatusChanged.connect(this.ask);
  }

  judge() {
    const { isDisposed, status } = this.kernel;
    this.dead ||= isDisposed || GONE.includes(status) || !this.kernel.hasComm(this.comm);
    if (this.dead || this.away) {
      this.forget();
    }
    this.hold(this.dead ? STOPPED : this.away ? AWAY : this.late ? LATE : "");
  }

  // A kernel says of each message when it begins with it and when it is done.
  count({ msg, direction }) {
    const { msg_id: asked } = direction === "send" ? msg.header : msg.parent_header;
    if (direction === "send" && msg.header.msg_type === "comm_msg") {
      this.asked.set(asked, setTimeout(() => this.wait(true), PATIENCE));
    } else if (direction === "recv" && msg.header.msg_type === "status" && this.asked.has(asked)) {
      clearTimeout(this.asked.get(asked));
      msg.content.execution_state === "idle" && this.asked.delete(asked);
      this.wait(false);
    }
  }

  wait(late) {
    if (this.late !== late) {
      this.late = late;
      this.judge();
    }
  }

  forget() {
    this.asked.forEach((timer) => clearTimeout(timer));
    this.asked.clear();
    this.late = false;
  }

  async askKernel() {
    if (this.kernel.connectionStatus !== "connected") {
      this.away = true;
      this.judge();
      this.lookOut();
      await this.keepUnsent();
      return;
    }
    const restored = this.restored();
    const reply = await this.kernel.requestCommInfo({}).catch(() => undefined);
    const comms = reply?.content.status === "ok" ? reply.content.comms : undefined;
    this.dead = comms !== undefined && !(this.comm in comms);
    if (this.away && !this.dead) {
      await restored;
      this.sendAgain();
    }
    this.away = this.kernel.connectionStatus !== "connected";
    this.judge();
  }

  // Jupyter tries to connect a few times and then no more, also to a kernel that the server has ended meanwhile.
  async lookOut() {
    clearTimeout(this.looking);
    const { baseUrl, token } = this.kernel.serverSettings;
    const headers = token ? { Authorization: `token ${token}` } : {};
    const reply = await fetch(`${baseUrl}api/kernels/${this.kernel.id}`, { headers }).catch(() => undefined);
    if (!this.away || this.dead) {
      return;
    }
    if (reply?.status === 404) {
      this.dead = true;
      this.judge();
    } else {
      if (reply?.ok && this.kernel.connectionStatus === "disconnected") {
        this.kernel.reconnect().catch(() => undefined); // it is looked for again
      }
      this.looking = setTimeout(() => this.lookOut(), 2000);
    }
  }

  // What was set while no answer to it had come yet may never have reached the kernel.
  async keepUnsent() {
    for (const id of Object.keys(this.manager.get_state_sync().state)) {
      const model = await this.manager.get_model(id);
      if (model._pending_msgs > 0 && !this.unsent.has(model)) {
        const names = ["value", "index"].filter((name) => name in model.attributes);
        this.unsent.set(model, Object.fromEntries(names.map((name) => [name, model.get(name)])));
      }
    }
  }

  // ipywidgets then sets all controls to what the kernel knows; a page whose manager does not is waited for in vain.
  restored() {
    const { restored } = this.manager;
    return new Promise((resolve) => {
      const done = () => {
        restored?.disconnect(done);
        resolve();
      };
      restored ? restored.connect(done) : done();
      setTimeout(done, 5000);
    });
  }

  // A control sends a change once the one before is answered, so an answer that was lost would hold back all to come.
  sendAgain() {
    for (const [model, state] of this.unsent) {
      model._pending_msgs = 0;
      model._msg_buffer = null;
      model.set(state);
      model.sync("patch", model, { attrs: { ...state } });
    }
    this.unsent.clear();
  }

  hold(why) {
    const part = [...this.parts].find((each) => each.isConnected);
    this.home = part?.closest(".jp-NotebookPanel") ?? this.home ?? document.body;
    const notice = this.home.querySelector(":scope > .dk-stopped");
    if ((notice?.dataset.why ?? "") === why) {
      return;
    }
    notice?.remove();
    if (why) {
      const focused = document.activeElement;
      for (const control of why === LATE ? [] : this.home.querySelectorAll(CONTROLS)) {
        if (!control.disabled) {
          control.disabled = true;
          control.dataset.dkHeld = "";
        }
      }
      const told = this.tell(why);
      if (focused?.matches("[data-dk-held]")) {
        this.before = focused;
        (told.querySelector("button") ?? told).focus({ preventScroll: true });
      }
    } else {
      for (const control of this.home.querySelectorAll("[data-dk-held]")) {
        control.disabled = false;
        delete control.dataset.dkHeld;
      }
      this.before?.focus({ preventScroll: true });
      this.before?.dispatchEvent(new Event("change", { bubbles: true })); // what was being typed then
      this.before = undefined;
    }
  }

  tell(why) {
    const notice = Object.assign(document.createElement("div"), { className: "dk-message dk-stopped", tabIndex: -1 });
    notice.dataset.why = why;
    set(notice, "role", "alert");
    const notebook = this.home.matches(".jp-NotebookPanel");
    notice.append(notebook ? why : why.replace("The notebook's kernel", "What runs this page"));
    if (why === STOPPED) {
      const again = document.createElement("button");
      if (notebook) {
        again.textContent = "▶ Start";
        // JupyterLab trusts the button in the notebook, and would ask about one of ours.
        again.addEventListener("click", () => this.home.querySelector(START)?.click());
        notice.append(" Press ", again, " to go on.");
      } else {
        again.textContent = "Load this page again";
        again.addEventListener("click", () => location.reload());
        notice.append(" ", again);
      }
    }
    this.home.append(notice);
    return notice;
  }

  end() {
    clearTimeout(this.looking);
    this.forget();
    this.kernel.anyMessage.disconnect(this.hear);
    this.kernel.statusChanged.disconnect(this.check);
    this.kernel.disposed.disconnect(this.check);
    this.kernel.connectionStatusChanged.disconnect(this.ask);
    this.home?.querySelector(":scope > .dk-stopped")?.remove();
  }
}

const watches = new Map();

// Watch the kernel where the page can; in VS Code it cannot.
function watch(model, element) {
  const comm = model.get("identity");
  if (!model.widget_manager?.kernel?.anyMessage || !comm) {
    return () => {};
  }
  const watching = watches.get(comm) ?? new Watch(model);
  watches.set(comm, watching);
  watching.parts.add(element);
  return () => {
    watching.parts.delete(element);
    if (!watching.parts.size) {
      watching.end();
      watches.delete(comm);
    }
  };
}

export default {
  render({ model, el }) {
    const root = document.documentElement;
    if (!root.dataset.dkPage) {
      root.dataset.dkPage = "watched"; // once a page, however many notebooks are open in it
      document.addEventListener("focusin", guard, true);
      document.addEventListener("focusin", follow, true);
      document.addEventListener("click", openCopy, true);
      document.addEventListener("click", patience, true);
      document.addEventListener("click", choose);
      document.addEventListener("click", unfold);
      document.addEventListener("toggle", keepOpen, true);
      window.addEventListener("beforeunload", warn);
      window.decisionKitUnsaved = unsaved; // for the app, whose page must ask before Voila ends the kernel
      const filter = { attributes: true, attributeFilter: ["class"], childList: true, subtree: true };
      new MutationObserver(look).observe(document.body, filter);
    }
    const onShow = () => show(model.get("show").split(" ")[0], 300);
    model.on("change:show", onShow);
    model.on("change:unsaved", remind);
    shown.set(model, (shown.get(model) ?? new Set()).add(el));
    const unwatch = watch(model, el);
    return () => {
      model.off("change:show", onShow);
      model.off("change:unsaved", remind);
      shown.get(model).delete(el);
      unwatch();
    };
  },
};
