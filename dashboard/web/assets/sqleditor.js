// The desk's editor: CodeMirror over the plain text field, with completion and notes from the published tables.
(function () {
  "use strict";
  var C = window.CodeMirror, Q = window.QunlianSql;
  if (!C || !Q) { return; }

  function note(title, lines) {
    var box = document.createElement("div");
    box.className = "sql-note";
    var head = document.createElement("b");
    head.textContent = title;
    box.appendChild(head);
    lines.forEach(function (line) {
      if (!line) { return; }
      var row = document.createElement("p");
      row.textContent = line;
      box.appendChild(row);
    });
    return box;
  }

  // Schemas that hold the published tables, as they were known or published.
  var PAST = /^(?:asof_\d{8}|generation_[1-9]\d*)$/;

  // A table by its name, with its schema or without.
  function tableOf(schema, name) {
    var dot = name.indexOf(".");
    return schema.byName[PAST.test(name.slice(0, Math.max(dot, 0))) ? name.slice(dot + 1) : name];
  }

  // Tables of a statement by name and alias.
  function tablesOf(text, schema) {
    var found = Object.create(null), match;
    var pattern = /\b(?:from|join)\s+([a-z_][\w.]*)(?:\s+(?:as\s+)?([a-z_]\w*))?|,\s*([a-z_][\w.]*)\s+(?:as\s+)?([a-z_]\w*)/gi;
    while ((match = pattern.exec(text))) {
      var name = (match[1] || match[3]).toLowerCase(), table = tableOf(schema, name), alias = (match[2] || match[4] || "").toLowerCase();
      // What looks like an alias may begin the next clause.
      if (Q.keywords.indexOf(alias) >= 0) { pattern.lastIndex -= alias.length; alias = ""; }
      if (table) { found[table.name] = found[name.slice(name.lastIndexOf(".") + 1)] = found[alias || table.name] = table; }
    }
    return found;
  }

  function columnNote(column, table, words) {
    var samples = column.samples.length ? (column.values.length ? words.value : words.samples) + " " + column.samples.join("、") : "";
    var unit = column.unit ? "（" + column.unit + "）" : "";
    return note(table.name + "." + column.name, [column.title + unit + " · " + column.kind_word, column.meaning, samples]);
  }

  function tableOption(table, name) {
    return { label: name, detail: table.title, type: "class", also: table.title, boost: 1, info: function () {
      return note(table.name, [table.title, table.columns.map(function (column) { return column.name; }).join(", ")]);
    } };
  }

  function columnOption(column, table, words) {
    return { label: column.name, detail: column.title, type: "property", also: column.title + " " + column.meaning, info: function () {
      return columnNote(column, table, words);
    } };
  }

  // The tables of a schema, without its name.
  function tablesIn(schema, name) {
    var list = [];
    schema.tables.forEach(function (table) {
      var dot = table.name.indexOf(".");
      if (dot < 0 ? PAST.test(name) : table.name.slice(0, dot) === name) { list.push(tableOption(table, table.name.slice(dot + 1))); }
    });
    return list;
  }

  // Keywords that go together.
  var PHRASES = ["group by", "order by", "partition by", "union all", "is null", "is not null", "left join", "filter (where"];

  function options(schema, words) {
    var list = [];
    schema.prefixes.forEach(function (prefix) {
      list.push({ label: prefix.name + ".", detail: prefix.title, type: "namespace", also: prefix.title, opens: true });
    });
    schema.tables.forEach(function (table) { list.push(tableOption(table, table.name)); });
    var seen = {};
    schema.tables.forEach(function (table) {
      table.columns.forEach(function (column) {
        if (!seen[column.name]) {
          seen[column.name] = columnOption(column, table, words);
          seen[column.name].tables = [];
          list.push(seen[column.name]);
        }
        seen[column.name].tables.push(table.name);
        column.values.forEach(function (one) {
          var key = one.value + " " + column.name;
          if (seen[key]) { return; }
          seen[key] = true;
          list.push({ label: "'" + one.value + "'", detail: one.word + " · " + column.name, type: "enum", also: one.word, value: one.value, boost: -20 });
        });
      });
    });
    schema.functions.forEach(function (item) {
      list.push({ label: item.name, detail: words["function"], type: "function", also: item.description, apply: item.name + "(", info: function () {
        return note(item.syntax, [item.description]);
      } });
    });
    Q.keywords.concat(PHRASES).forEach(function (word) { list.push({ label: word, type: "keyword", also: "", boost: -10 }); });
    list.push({ label: "case when then end", type: "keyword", also: "", boost: -10, apply: function (view, option, from, to) {
      view.dispatch({ changes: { from: from, to: to, insert: "case when  then  end" }, selection: { anchor: from + "case when ".length } });
    } });
    return list;
  }

  // What fits at the cursor. Chinese is looked for in titles and meanings.
  function completer(desk) {
    return function (context) {
      var schema = desk.schema;
      if (!schema) { return null; }
      var before = context.matchBefore(/[\w.\u4e00-\u9fff]*$/);
      if (!before || (before.from === before.to && !context.explicit)) { return null; }
      var node = C.syntaxTree(context.state).resolveInner(context.pos, -1);
      if (/Comment/.test(node.name)) { return null; }
      var inString = /String/.test(node.name);
      var statement = Q.statementAt(context.state.doc.toString(), context.pos);
      var used = statement ? tablesOf(context.state.doc.sliceString(statement.from, statement.to), schema) : {};
      var dot = before.text.lastIndexOf(".");
      if (dot >= 0 && !inString) {
        var owner = before.text.slice(0, dot).toLowerCase(), table = used[owner] || tableOf(schema, owner);
        var own = table ? table.columns.map(function (column) { return columnOption(column, table, desk.words); }) : tablesIn(schema, owner);
        return own.length ? fitting(own, before.from + dot + 1, before.text.slice(dot + 1)) : null;
      }
      var list = inString ? schema.options.filter(function (one) { return one.value; }).map(function (one) {
        return { label: one.value, detail: one.detail, type: "enum", also: one.also };
      }) : schema.options.map(function (one) {
        var near = one.tables && one.tables.some(function (name) { return used[name]; });
        return near ? Object.assign({}, one, { boost: 40 }) : one;
      });
      return fitting(list, before.from, before.text);
    };
  }

  function fitting(list, from, typed) {
    if (!/[\u4e00-\u9fff]/.test(typed)) { return { from: from, options: list, validFor: /^\w*$/ }; }
    var hits = list.filter(function (one) { return (one.also || "").indexOf(typed) >= 0; });
    hits.sort(function (a, b) { return a.also.indexOf(typed) - b.also.indexOf(typed) || (b.boost || 0) - (a.boost || 0); });
    return hits.length ? { from: from, options: hits.slice(0, 50), filter: false } : null;
  }

  function hover(desk) {
    return C.hoverTooltip(function (view, position) {
      var word = view.state.wordAt(position), schema = desk.schema;
      if (!word || !schema) { return null; }
      var name = view.state.doc.sliceString(word.from, word.to).toLowerCase(), dom = null;
      var statement = Q.statementAt(view.state.doc.toString(), position);
      var used = statement ? tablesOf(view.state.doc.sliceString(statement.from, statement.to), schema) : {};
      var table = used[name] || schema.byName[name];
      if (table) { dom = note(table.name, [table.title]); }
      Object.keys(used).concat(Object.keys(schema.byName)).some(function (key) {
        var owner = used[key] || schema.byName[key];
        var column = !dom && owner.columns.filter(function (one) { return one.name === name; })[0];
        if (column) { dom = columnNote(column, owner, desk.words); }
        return dom;
      });
      var called = view.state.doc.sliceString(word.to, word.to + 1) === "(";
      schema.functions.forEach(function (item) {
        if (!dom && called && item.name.toLowerCase() === name) { dom = note(item.syntax, [item.description]); }
      });
      return dom ? { pos: word.from, end: word.to, above: true, create: function () { return { dom: dom }; } } : null;
    });
  }

  var t = C.tags;
  var COLOURS = C.HighlightStyle.define([
    { tag: [t.keyword, t.operatorKeyword], color: "var(--accent)" },
    { tag: [t.string, t.special(t.string)], color: "var(--ok)" },
    { tag: [t.number, t.bool, t.null], color: "var(--warn)" },
    { tag: [t.lineComment, t.blockComment], color: "var(--soft)" },
    { tag: [t.special(t.name), t.typeName], color: "var(--ink)" },
  ]);
  var LOOK = C.EditorView.theme({
    "&": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--rule-strong)", borderRadius: "3px", fontSize: "13px" },
    "&.cm-focused": { outline: "none", borderColor: "var(--accent)" },
    // The browser knows of the focus at once, the editor a moment later.
    ".cm-content:focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", maxHeight: "56vh", overflow: "auto" },
    ".cm-content": { caretColor: "var(--ink)", padding: "8px 0", minHeight: "220px" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--soft)", border: "0" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
    "&.cm-focused .cm-activeLine": { backgroundColor: "var(--accent-wash)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--select)" },
    ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--rule-strong)", boxShadow: "var(--shadow)" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "18em" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--accent-ink)" },
    ".cm-completionDetail": { fontStyle: "normal", fontFamily: "var(--sans)", opacity: ".8", marginLeft: "1em" },
    ".cm-completionIcon": { display: "none" },
    ".cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)", borderColor: "var(--rule)" },
    ".cm-searchMatch": { backgroundColor: "var(--warn-wash)", outline: "1px solid var(--warn)" },
    ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-wash)", outline: "1px solid var(--accent)" },
    ".cm-button": { backgroundImage: "none", backgroundColor: "transparent", color: "var(--accent)", border: "1px solid var(--rule-strong)" },
    ".cm-textfield": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--rule-strong)" },
    // The package's own marks are data: images, which the page's policy refuses.
    ".cm-lint-marker-error": { content: "normal", color: "var(--bad)", lineHeight: "1" },
    ".cm-lint-marker-error:before": { content: "'■'" },
    ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
    ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
    ".cm-diagnostic": { fontFamily: "var(--sans)" },
  });

  // Puts the editor in the field's place. `desk` has words, nonce, schema (later), and what the keys do.
  window.QunlianEditor = function (field, desk) {
    var words = desk.words;
    var dialect = C.SQLDialect.define({
      keywords: Q.keywords.join(" "), types: "text int bigint double date boolean varchar decimal timestamp interval",
      operatorChars: "*+-%<>!=&|~^/", hashComments: false, doubleQuotedStrings: false, identifierQuotes: "\"`",
    });
    function key(name) { return function () { desk[name](); return true; }; }
    var keys = [
      { key: "Mod-Enter", run: key("run"), preventDefault: true }, { key: "Shift-Enter", run: key("run"), preventDefault: true },
      { key: "Alt-Enter", run: key("run"), preventDefault: true }, { key: "Mod-Shift-f", run: key("format"), preventDefault: true },
      { key: "Mod-s", run: key("save"), preventDefault: true },
    ];
    // Tab leaves the editor, as everywhere; it indents what is selected.
    function whenSelected(act) { return function (view) { return !view.state.selection.main.empty && act(view); }; }
    var indent = { key: "Tab", run: whenSelected(C.indentWithTab.run), shift: whenSelected(C.indentWithTab.shift) };
    var view = new C.EditorView({
      doc: field.value,
      extensions: [
        C.EditorView.cspNonce.of(desk.nonce), C.Prec.highest(C.keymap.of(keys)),
        C.lineNumbers(), C.highlightActiveLine(), C.highlightSpecialChars(), C.history(), C.drawSelection(), C.bracketMatching(),
        C.closeBrackets(), C.highlightSelectionMatches(), C.search({ top: true }), C.lintGutter(), C.indentUnit.of("    "),
        C.autocompletion({
          override: [completer(desk)], icons: false, maxRenderedOptions: 60,
          activateOnCompletion: function (option) { return Boolean(option.opens); },
        }),
        hover(desk), C.tooltips({ position: "fixed" }),
        C.sql({ dialect: dialect }), C.syntaxHighlighting(COLOURS), LOOK, C.EditorView.lineWrapping,
        C.keymap.of([].concat(C.closeBracketsKeymap, C.completionKeymap, C.searchKeymap, C.historyKeymap, [indent], C.defaultKeymap)),
        C.EditorView.contentAttributes.of({ "aria-label": words.editor, tabindex: "0", "aria-describedby": "sql-hint", autocapitalize: "off", spellcheck: "false" }),
        C.EditorState.phrases.of(words.phrases),
        C.EditorView.updateListener.of(function (update) {
          if (!update.docChanged) { return; }
          field.value = update.state.doc.toString();
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }),
      ],
    });
    field.parentNode.insertBefore(view.dom, field);
    field.hidden = true;
    field.required = false;
    var label = document.querySelector("label[for='" + field.id + "']");
    if (label) { label.addEventListener("click", function (event) { event.preventDefault(); view.focus(); }); }

    return {
      learn: function (schema) {
        schema.byName = Object.create(null);
        schema.tables.forEach(function (table) { schema.byName[table.name] = table; });
        schema.options = options(schema, words);
        desk.schema = schema;
      },
      // The selection, or the statement at the cursor, with the place where it begins.
      chosen: function () {
        var state = view.state, range = state.selection.main, text = state.doc.toString();
        var one = range.empty ? Q.statementAt(text, range.head) : { from: range.from, to: range.to };
        return one ? { text: text.slice(one.from, one.to), from: one.from } : null;
      },
      replace: function (text) {
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: Math.min(view.state.selection.main.head, text.length) } });
      },
      insert: function (text) {
        view.dispatch(view.state.replaceSelection(text));
        view.focus();
      },
      // Marks a fault at line and column of the text that began at `from`.
      mark: function (from, line, column, message) {
        var doc = view.state.doc, first = doc.lineAt(from), at = doc.line(Math.min(first.number + line - 1, doc.lines));
        var start = (line === 1 ? from : at.from), characters = Array.from(doc.sliceString(start, at.to)).slice(0, column - 1).join("");
        var position = Math.min(start + characters.length, at.to), word = view.state.wordAt(position);
        var to = word ? word.to : Math.min(position + 1, at.to);
        view.dispatch(C.setDiagnostics(view.state, [{ from: position, to: to, severity: "error", message: message }]));
        view.dispatch({ effects: C.EditorView.scrollIntoView(position) });
      },
      unmark: function () { view.dispatch(C.setDiagnostics(view.state, [])); },
      focus: function () { view.focus(); },
    };
  };
})();
