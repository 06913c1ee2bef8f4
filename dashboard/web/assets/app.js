// Progressive help for pages that work without it: tooltips, keys, polling, fresh generations.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("scripted");

  function typing(target) {
    return target && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  }

  // Tooltips on chart marks, for pointer and keyboard alike.
  var tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.appendChild(tip);

  function words(mark) {
    if (!mark.dataset.tip) {
      var title = mark.querySelector("title");
      mark.dataset.tip = mark.getAttribute("aria-label") || (title ? title.textContent : "");
      if (title) { title.remove(); }
    }
    return mark.dataset.tip;
  }

  function show(mark, x, y) {
    var text = words(mark);
    if (!text) { return; }
    tip.textContent = text;
    tip.hidden = false;
    var width = tip.offsetWidth;
    var left = Math.min(Math.max(8, x - width / 2), root.clientWidth - width - 8);
    var top = y - tip.offsetHeight - 14;
    tip.style.left = left + "px";
    tip.style.top = (top < 8 ? y + 20 : top) + "px";
  }

  function hide() { tip.hidden = true; }

  document.addEventListener("pointermove", function (event) {
    var mark = event.target.closest ? event.target.closest(".chart .mark") : null;
    if (mark) { show(mark, event.clientX, event.clientY); } else { hide(); }
  });
  document.addEventListener("focusin", function (event) {
    var mark = event.target.closest ? event.target.closest(".chart .mark") : null;
    if (!mark) { hide(); return; }
    var box = mark.getBoundingClientRect();
    show(mark, box.left + box.width / 2, box.top);
  });
  document.addEventListener("scroll", hide, { passive: true });

  // Keys: ? lists them, / searches, g and a letter goes to a page.
  var keys = document.getElementById("keys");
  var going = 0;

  function openKeys() {
    if (keys && keys.showModal && !keys.open) { keys.showModal(); }
  }

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.matches("[data-sql]")) {
      event.preventDefault();
      event.target.form.querySelector("button[value='']").click();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    if (event.key === "?") { event.preventDefault(); openKeys(); return; }
    if (event.key === "/") {
      var field = document.querySelector("[data-search]");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
      return;
    }
    if (event.key === "g") { going = Date.now(); return; }
    if (Date.now() - going < 1500) {
      var link = document.querySelector("[data-go='" + event.key.replace(/[^a-z]/g, "") + "']");
      going = 0;
      if (link) { link.click(); }
    }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-keys]")) { openKeys(); }
    if (event.target.closest("[data-reload]")) { event.preventDefault(); location.reload(); }
  });

  // What is picked with the pointer is taken at once. Arrow keys pass by what is not meant: whoever uses them presses
  // the button beside it.
  function picked(field, take) {
    var keyed = false;
    field.addEventListener("keydown", function () { keyed = true; });
    field.addEventListener("pointerdown", function () { keyed = false; });
    field.addEventListener("change", function () { if (!keyed) { take(); } });
  }

  // Year and day are taken as soon as they are chosen.
  document.querySelectorAll("form[data-auto]").forEach(function (form) {
    form.querySelectorAll("select").forEach(function (field) {
      picked(field, function () {
        var day = form.querySelector("[name=as_of]");
        // Another year takes its own default day.
        if (day) { day.removeAttribute("required"); day.value = ""; }
        if (form.requestSubmit) { form.requestSubmit(); } else { form.submit(); }
      });
    });
  });

  // Fields that were left empty do not lengthen the address.
  document.querySelectorAll("form[method=get]").forEach(function (form) {
    form.addEventListener("submit", function () {
      form.querySelectorAll("input[name],select[name]").forEach(function (field) {
        if (!field.value) { field.disabled = true; }
      });
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[method=get] :disabled").forEach(function (field) { field.disabled = false; });
  });

  // A button that copies an address; where nothing may be copied, the address beside it is selected.
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-copy]") : null;
    if (!button) { return; }
    var line = button.parentNode.querySelector("[role=status]"), shown = button.parentNode.querySelector("code");
    var copied = navigator.clipboard ? navigator.clipboard.writeText(location.origin + button.dataset.copy) : Promise.reject(new Error("no clipboard"));
    copied.then(function () { if (line) { line.textContent = button.dataset.copied; } }, function () {
      if (shown) { getSelection().selectAllChildren(shown); }
    });
  });

  // The jobs page looks again while something runs.
  var live = document.querySelector("[data-poll]");

  function poll() {
    var board = live.querySelector("[data-live]");
    var busy = board && board.dataset.live === "yes";
    setTimeout(function () {
      if (document.hidden) { poll(); return; }
      fetch(live.dataset.poll, { credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.text() : null; })
        .then(function (html) {
          if (html && !live.contains(document.activeElement)) { live.innerHTML = html; }
        })
        .catch(function () { /* the server may be restarting: look again later */ })
        .then(poll);
    }, busy ? 1500 : 10000);
  }
  if (live) { poll(); }

  // A filing's form: another stage is shown at once, and the preview follows what is typed.
  var filing = document.querySelector("form[data-filing]");
  var preview = document.querySelector("[data-preview]");
  var typed = 0;
  var asked = 0;

  function ask() {
    var number = ++asked;
    fetch(preview.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(filing)), credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : null; })
      .then(function (html) {
        // Only the newest answer counts, and only when it says something new.
        if (html && number === asked && html !== preview.innerHTML) { preview.innerHTML = html; }
      })
      .catch(function () { /* offline or restarting: the buttons do the same */ });
  }
  if (filing) {
    var stage = filing.querySelector("select[name=stage]");
    var change = filing.querySelector("[data-stage]");
    if (stage && change) {
      picked(stage, function () { change.click(); });
    }
    if (preview) {
      filing.addEventListener("input", function () {
        clearTimeout(typed);
        typed = setTimeout(ask, 700);
      });
    }
    var faults = document.getElementById("faults") || document.getElementById("conflict");
    if (faults) { faults.setAttribute("tabindex", "-1"); faults.focus(); }
    // What was typed is kept as a draft before a file is added or taken off: those forms load the page anew.
    var changed = false;
    filing.addEventListener("input", function () { changed = true; });
    document.querySelectorAll("form[data-after-draft]").forEach(function (other) {
      other.addEventListener("submit", function (event) {
        if (!changed) { return; }
        event.preventDefault();
        var draft = new URLSearchParams(new FormData(filing));
        draft.set("do", "draft");
        fetch(filing.action, { method: "POST", body: draft, credentials: "same-origin" })
          .then(function (answer) {
            changed = false;
            // Refused: the form itself says why.
            if (answer.ok) { other.submit(); } else { filing.querySelector("button[value=draft]").click(); }
          })
          .catch(function () { filing.querySelector("button[value=draft]").click(); });
      });
    });
    // A form that is on its way is not sent a second time.
    filing.addEventListener("submit", function (event) {
      if (filing.dataset.sent) { event.preventDefault(); return; }
      filing.dataset.sent = "yes";
    });
    window.addEventListener("pageshow", function () { delete filing.dataset.sent; });
  }

  // What is wider than its frame is scrolled by keys, too, also where nothing in it takes the focus.
  function reachable() {
    document.querySelectorAll(".sheet,pre.code,.facets ul").forEach(function (frame) {
      var swells = frame.scrollWidth > frame.clientWidth + 1 || frame.scrollHeight > frame.clientHeight + 1;
      if (swells) { frame.setAttribute("tabindex", "0"); } else { frame.removeAttribute("tabindex"); }
    });
  }
  reachable();
  window.addEventListener("resize", reachable);

  // The wall turns to its next board by itself, once that can be had, until it is told to stay.
  var turn = document.querySelector("[data-turn]");
  if (turn) {
    turn.addEventListener("click", function () {
      turn.setAttribute("aria-pressed", turn.getAttribute("aria-pressed") === "true" ? "false" : "true");
    });
    setInterval(function () {
      if (turn.getAttribute("aria-pressed") === "true") { return; }
      fetch(turn.dataset.turn, { credentials: "same-origin" })
        .then(function (answer) { if (answer.ok) { location.assign(turn.dataset.turn); } })
        .catch(function () { /* offline or restarting: try again at the next turn */ });
    }, 1000 * Number(turn.dataset.seconds));
  }

  // A newer generation is announced; the page is not pulled away under the reader.
  var own = Number(document.body.dataset.generation || 0);
  var fresh = document.getElementById("fresh");

  function look() {
    if (document.hidden) { return; }
    fetch("/api/generation", { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (now) {
        if (now && now.generation > own) { fresh.hidden = false; }
      })
      .catch(function () { /* offline or restarting: look again later */ });
  }
  if (own > 0 && fresh && !live) { setInterval(look, 20000); }
})();
