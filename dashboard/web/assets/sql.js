// The SQL desk: runs, follows and stops statements beside the form that does the same without a script.
(function () {
  "use strict";
  var form = document.querySelector("form[data-desk]");
  if (!form) { return; }
  var field = form.querySelector("[data-sql]"), params = form.querySelector("[data-params]"), live = form.querySelector("[data-live-line]");
  var outcome = document.querySelector("[data-outcome]"), stopper = form.querySelector("[data-stop]");
  var words = JSON.parse(form.dataset.words), editor = null, running = null;

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; });
  }
  function post(address, body) { return fetch(address, { method: "POST", body: body, credentials: "same-origin" }); }
  function say(text) { live.hidden = !text; if (live.textContent !== text) { live.textContent = text; } }

  // What is to run: the form with the selection, or with the statement at the cursor.
  function chosen() {
    if (editor) { return editor.chosen(); }
    var from = field.selectionStart, to = field.selectionEnd, one = { from: from, to: to };
    if (from === to) { one = window.QunlianSql ? window.QunlianSql.statementAt(field.value, from) : { from: 0, to: field.value.length }; }
    return one ? { text: field.value.slice(one.from, one.to), from: one.from } : null;
  }
  function body(source, text) {
    var pairs = new URLSearchParams(new FormData(source));
    if (text !== undefined) { pairs.set("sql", text); }
    pairs.delete("format");
    return pairs;
  }

  // One statement at a time: asks, follows it every second, shows what comes.
  function ask(address, pairs, from) {
    if (running) { return; }
    var run = { ticket: Date.now().toString(36) + Math.random().toString(36).slice(2, 10), begun: Date.now(), over: false };
    if (window.AbortController) { run.abort = new AbortController(); }
    running = run;
    pairs.set("ticket", run.ticket);
    pairs.set("shown", "yes");
    stopper.hidden = false;
    outcome.setAttribute("aria-busy", "true");
    if (editor) { editor.unmark(); }
    say(words.running);
    if (address === "/sql/run") { follow(run); }
    fetch(address, { method: "POST", body: pairs, credentials: "same-origin", signal: run.abort ? run.abort.signal : undefined })
      .then(function (answer) { return answer.json(); })
      .then(function (said) { show(said, from); })
      .catch(function () { say(run.stopped ? "" : words.offline); })
      .then(function () {
        run.over = true;
        running = null;
        stopper.hidden = true;
        outcome.removeAttribute("aria-busy");
      });
  }

  function show(said, from) {
    // Whoever stood in the old result stands in the new one, at the button that was pressed or at its beginning.
    var stood = outcome.contains(document.activeElement);
    if (said.html) { outcome.innerHTML = said.html; } else { say(said.said || said.error || words.failed); return; }
    if (stood) {
      outcome.tabIndex = -1;
      (outcome.querySelector("[data-draw]") || outcome).focus();
    }
    say(said.ok ? words.done : "");
    // Wide tables are made reachable by keys, as when a page is loaded.
    window.dispatchEvent(new Event("resize"));
    if (said.ok && said.address) { remember(said.address); }
    if (!said.ok && said.line && editor && from >= 0) {
      editor.mark(from, said.line, said.column || 1, document.documentElement.lang === "en" ? said.error : said.said);
    }
  }

  // The address keeps the whole text, its values and the chart: what is loaded again is as it was left.
  function remember(address) {
    var pairs = body(form), drawn = new URLSearchParams(address.split("?")[1]);
    ["chart", "x", "y", "title"].forEach(function (name) {
      pairs.delete(name);
      drawn.getAll(name).forEach(function (value) { pairs.append(name, value); });
    });
    address = "/sql?" + pairs.toString();
    if (address.length < 6000) { history.replaceState(null, "", address); }
  }

  function follow(run) {
    setTimeout(function () {
      if (run.over) { return; }
      var seconds = Math.round((Date.now() - run.begun) / 1000);
      fetch("/sql/runs.json?ticket=" + run.ticket, { credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (said) {
          if (run.over || run.stopped) { return; }
          var one = said && said.runs[0], text = words.running;
          if (one && one.state === "waiting") { text = one.ahead === null ? words.waiting : fill(words.ahead, { n: one.ahead }); }
          if (one && one.read) { text += " · " + fill(words.read, { n: one.read.toLocaleString("en-US") }); }
          if (one && one.rows) { text += " · " + fill(words.rows, { n: one.rows.toLocaleString("en-US") }); }
          say(text + " · " + fill(words.seconds, { n: seconds }));
        })
        .catch(function () { /* the next look may succeed */ })
        .then(function () { follow(run); });
    }, 1000);
  }

  function stop() {
    var run = running;
    if (!run) { return; }
    run.stopped = true;
    say(words.stopping);
    post("/sql/stop", new URLSearchParams({ ticket: run.ticket })).catch(function () { /* leaving does the same */ });
    // Whoever does not hear is left alone: that ends the statement, too.
    setTimeout(function () { if (!run.over && run.abort) { run.abort.abort(); } }, 2500);
  }

  function start(address) {
    var one = chosen();
    if (!one || !one.text.trim()) { say(words.nothing); return; }
    ask(address, body(form, one.text), one.from);
  }

  var desk = {
    words: words,
    nonce: form.dataset.nonce,
    run: function () { start("/sql/run"); },
    format: function () {
      var text = window.QunlianSql.format(field.value);
      if (editor) { editor.replace(text); } else { field.value = text; }
    },
    save: function () {
      var button = form.querySelector("[data-save]");
      if (button) { button.click(); }
    },
  };

  if (window.QunlianEditor) {
    editor = window.QunlianEditor(field, desk);
    fetch("/sql/schema.json", { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (schema) { if (schema) { editor.learn(schema); } })
      .catch(function () { /* the editor works without notes */ });
  }

  function pressed(name, act) {
    var button = form.querySelector("[data-" + name + "]");
    if (button) { button.addEventListener("click", function (event) { event.preventDefault(); act(button); }); }
  }
  pressed("run", desk.run);
  pressed("estimate", function () { start("/sql/outline"); });
  pressed("stop", stop);
  pressed("format", desk.format);
  pressed("share", function (link) {
    var address = location.origin + "/sql?" + body(form).toString();
    link.href = address;
    var copied = navigator.clipboard ? navigator.clipboard.writeText(address) : Promise.reject(new Error("no clipboard"));
    copied.then(function () { say(words.copied); }, function () { location.assign(address); });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && running) { stop(); }
  });
  outcome.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-draw]") : null;
    if (!button) { return; }
    event.preventDefault();
    form.querySelectorAll("[data-chart-kept]").forEach(function (kept) { kept.remove(); });
    ask("/sql/run", body(button.form), -1);
  });

  // The fold under a result asks for its plan when it is opened first.
  outcome.addEventListener("toggle", function (event) {
    var fold = event.target, asking = fold.querySelector ? fold.querySelector("form") : null;
    if (!fold.open || fold.dataset.plan === undefined || !asking) { return; }
    var pairs = body(asking);
    pairs.set("shown", "yes");
    post("/sql/outline", pairs)
      .then(function (answer) { return answer.json(); })
      .then(function (said) {
        if (!said.html) { return; }
        asking.remove();
        var box = document.createElement("div");
        box.innerHTML = said.html;
        fold.appendChild(box);
      })
      .catch(function () { /* the button does the same */ });
  }, true);
  // Fields follow the parameters of the text; what was filled in stays.
  var typed = 0, asked = 0;
  function names(box) { return Array.from(box.querySelectorAll("[data-param]")).map(function (one) { return one.dataset.param; }).join(" "); }
  function refresh(force) {
    if (!/[$:{]/.test(field.value) && !params.firstElementChild) { return; }
    var number = ++asked;
    post("/sql/fields", body(form))
      .then(function (answer) { return answer.ok ? answer.text() : null; })
      .then(function (html) {
        if (html === null || number !== asked) { return; }
        var box = document.createElement("div");
        box.innerHTML = html;
        if (!force && names(box) === names(params)) { return; }
        var stood = params.contains(document.activeElement) ? document.activeElement.name : "";
        params.innerHTML = html;
        var same = stood ? params.querySelector("[name='" + stood + "']") : null;
        if (same) { same.focus(); }
      })
      .catch(function () { /* the run will ask for what is missing */ });
  }
  field.addEventListener("input", function () {
    clearTimeout(typed);
    typed = setTimeout(refresh, 500);
    form.querySelector("[data-share]").hidden = !field.value.trim();
  });
  params.addEventListener("change", function (event) {
    if (event.target.tagName === "SELECT") { refresh(true); }
  });

  // The side bar: names are put in at the cursor, the filter hides what does not fit.
  function insert(text) {
    if (editor) { editor.insert(text); return; }
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.focus();
  }
  document.querySelectorAll("[data-insert]").forEach(function (code) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "link code";
    button.textContent = code.textContent;
    button.addEventListener("click", function () { insert(code.dataset.insert); });
    code.parentNode.replaceChild(button, code);
  });
  var filter = document.querySelector("[data-schema-filter]");
  if (filter) {
    filter.addEventListener("input", function () {
      var wanted = filter.value.trim().toLowerCase();
      document.querySelectorAll("[data-table]").forEach(function (table) {
        var whole = table.querySelector("summary").textContent.toLowerCase().indexOf(wanted) >= 0, some = false;
        table.querySelectorAll("[data-column]").forEach(function (column) {
          var fits = whole || column.textContent.toLowerCase().indexOf(wanted) >= 0;
          column.hidden = !fits;
          some = some || fits;
        });
        table.hidden = !some && !whole;
        table.open = wanted !== "" && some && !whole;
      });
    });
  }
})();
