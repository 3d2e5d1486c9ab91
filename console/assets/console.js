// What pages do beyond htmx: dialogs, keys, selection, dragging, and one calm
// voice for screen readers. Every main path works without any of it.
"use strict";

(() => {
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Dialogs: what htmx puts into #dialog is shown as a modal one.
  let opener = null;
  const inDialog = (event) => event.detail.target?.id === "dialog";
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (inDialog(event) && !event.detail.target.open) opener = document.activeElement;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = event.detail.target;
    if (!inDialog(event) || !dialog.firstElementChild) return;
    if (!dialog.open) dialog.showModal();
    (find("[autofocus]", dialog) || find("h1, h2", dialog) || dialog).focus();
  });
  document.addEventListener("close", (event) => {
    event.target.replaceChildren();
    if (document.activeElement && document.activeElement !== document.body) return; // the browser found the way
    const back = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id);
    (back || find("#main")).focus();
  }, true);
  document.addEventListener("click", (event) => {
    const open = event.target.closest("[data-close]")?.closest("dialog[open]");
    if (!open) return;
    event.preventDefault();
    open.close();
  });

  // A refused form comes back with 409 or 422, a sign-in page with the place that
  // it takes: htmx shows both like any other answer. Errors say "none".
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const refused = [409, 422].includes(xhr.status) && xhr.getResponseHeader("HX-Reswap") !== "none";
    if (!refused && !xhr.getResponseHeader("HX-Retarget")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === document.body) document.body.dataset.pane = "gate";
  });

  // What fails otherwise is said where it was asked for: in the sentence that came,
  // or in one that nothing came. Who types or waits keeps the focus.
  let failing = null;
  const pressed = (event) => /click|submit/.test(event.detail.requestConfig.triggeringEvent?.type);
  const fail = (event) => {
    const { xhr, requestConfig: { elt } } = event.detail;
    const note = find("#no-answer").content.firstElementChild.cloneNode(true);
    const answer = find("[data-failure]", new DOMParser().parseFromString(xhr.responseText, "text/html"));
    if (answer) note.replaceChildren(...answer.childNodes);
    if (elt !== failing || note.textContent !== find("#failure")?.textContent) {
      find("#failure")?.remove();
      (find("dialog[open]") || elt.closest(".list, .sidebar form, main") || find("main")).prepend(note);
    }
    failing = elt;
    if (pressed(event)) find("#failure").focus();
  };
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, fail));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && (event.detail.elt === failing || pressed(event))) find("#failure")?.remove();
  });

  // What was just done is said once: a reload does not repeat it.
  const here = new URL(location.href);
  if (here.searchParams.has("said")) {
    here.searchParams.delete("said");
    here.searchParams.delete("n");
    history.replaceState(history.state, "", here);
  }
  (find("#form-error") || find("[aria-invalid='true']"))?.focus();

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.getAttribute("aria-busy") === "true") event.preventDefault();
    form.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => all("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));

  // Screen readers hear the latest of what happened, at most once a second.
  let next = "", resting = false;
  const speak = () => {
    if (resting || !next) return;
    find("#spoken").textContent = next;
    next = "";
    resting = true;
    setTimeout(() => { resting = false; speak(); }, 1000);
  };
  document.addEventListener("htmx:sseMessage", (event) => {
    if (event.detail.type !== "spoken") return;
    next = event.detail.data;
    speak();
  });

  // Keys: / finds, j and k walk the rows, x selects, Enter opens, ? explains.
  const rows = () => all("[data-rows] > li > a, tr[data-row]");
  let at = -1;
  const walk = (step) => {
    const list = rows();
    if (!list.length) return;
    at = Math.min(Math.max(at + step, 0), list.length - 1);
    list.forEach((row, i) => row.classList.toggle("at", i === at));
    const row = list[at];
    (row.matches("a") ? row : find("a", row))?.focus();
    row.scrollIntoView({ block: "nearest" });
  };
  const keys = {
    "/": () => (find("#list-find") || find("#find"))?.focus(),
    j: () => walk(1),
    k: () => walk(-1),
    x: () => {
      const box = rows()[at] && find("input[type=checkbox]", rows()[at]);
      if (box) box.click();
    },
    "?": () => find("#keys")?.click(),
  };
  // They can be switched off, in this browser: who speaks to it types them by accident.
  const offered = () => localStorage.getItem("keys") !== "off";
  const offer = () => all("[data-keys]").forEach((box) => {
    box.hidden = false;
    find("input", box).checked = offered();
  });
  offer();
  document.addEventListener("htmx:afterSwap", offer);
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-keys]")) localStorage.setItem("keys", event.target.checked ? "on" : "off");
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]") || !keys[event.key] || !offered()) return;
    event.preventDefault();
    keys[event.key]();
  });

  // The list beside a page stays where it was when one of its lines is opened.
  const list = find(".list"), listKey = "list " + (list?.getAttribute("aria-label") || "");
  if (list) {
    list.scrollTop = Number(sessionStorage.getItem(listKey)) || 0;
    const chosen = find("[aria-current]", list);
    if (chosen && list.scrollHeight > list.clientHeight) chosen.scrollIntoView({ block: "nearest" });
    addEventListener("pagehide", () => sessionStorage.setItem(listKey, list.scrollTop));
  }

  // Selection: one box in the head selects every row that is shown.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-all]")) return;
    all("tr[data-row] input[type=checkbox]").forEach((box) => { box.checked = event.target.checked; });
  });

  // Dragging: what is dragged is sent to where it is dropped, as its form would.
  let dragged = null;
  const place = (event) => dragged && event.target.closest?.("[data-drop]");
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-drag]");
    if (dragged) event.dataTransfer.setData("text/plain", dragged.textContent.trim());
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    all(".over").forEach((element) => element.classList.remove("over"));
  });
  document.addEventListener("dragover", (event) => {
    const over = place(event);
    all(".over").forEach((element) => element.classList.toggle("over", element === over));
    if (!over) return;
    over.classList.add("over");
    event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const over = place(event);
    if (!over) return;
    event.preventDefault();
    const form = document.createElement("form");
    form.method = "post";
    form.action = over.dataset.drop;
    const field = document.createElement("input");
    [field.type, field.name, field.value] = ["hidden", "dragged", dragged.dataset.drag];
    form.append(field);
    document.body.append(form);
    form.submit();
  });

  // What is there to be copied is selected as a whole.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-copy]")) event.target.select();
  });

  // Files: a field for one takes what is dropped on its box.
  document.addEventListener("dragover", (event) => {
    if (event.target.closest?.("[data-files]") && event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const box = event.target.closest?.("[data-files]");
    if (!box || !event.dataTransfer.files.length) return;
    event.preventDefault();
    const field = find("input[type=file]", box);
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
