// SQL as text for the desk: its tokens, its statements, and a layout that changes nothing but blanks and the case of keywords.
(function () {
  "use strict";
  var TOKEN = /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|e'(?:\\[\s\S]|[^'\\]|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`[^`]*`?|\$(\w*)\$[\s\S]*?\$\1\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d+(?:\.\d+)?(?:e[+-]?\d+)?|\{\{[^}]*\}\}|\[\[|\]\]|::|[:$][A-Za-z_]\w*|<=|>=|<>|!=|\|\||[\s\S]/gi;
  var KEYWORDS = ("all and any as asc between by case cast cross current row desc distinct else end escape except exists explain "
    + "false fetch filter first following for from full group grouping having ilike in inner intersect interval into is join last "
    + "lateral left like limit natural not null nulls offset on or order outer over partition preceding qualify range recursive "
    + "right rollup rows select sets similar some table then to true unbounded union using values when where window with").split(" ");
  var known = {};
  KEYWORDS.forEach(function (word) { known[word] = true; });

  // {text, at} of every token, blanks too.
  function tokens(text) {
    var list = [], found;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length && (found = TOKEN.exec(text))) { list.push({ text: found[0], at: found.index }); }
    return list;
  }

  function isBlank(token) { return /^\s/.test(token.text); }
  function isComment(token) { return /^(--|\/\*)/.test(token.text); }

  // {from, to} of every statement, without the semicolons between them and the blanks around them.
  function statements(text) {
    var list = [], from = -1, to = -1;
    function close() { if (from >= 0) { list.push({ from: from, to: to }); } from = -1; }
    tokens(text).forEach(function (token) {
      if (token.text === ";") { close(); return; }
      if (isBlank(token)) { return; }
      if (from < 0) { from = token.at; }
      to = token.at + token.text.length;
    });
    close();
    return list;
  }

  // The statement at a position, or the one before it where there is none.
  function statementAt(text, position) {
    var list = statements(text), best = null;
    list.forEach(function (one) {
      if (!best || one.from <= position) { best = one; }
    });
    return best;
  }

  var BREAKS = { select: 1, from: 1, where: 1, having: 1, limit: 1, offset: 1, union: 1, except: 1, intersect: 1, qualify: 1, values: 1, window: 1 };
  var SIDES = { left: 1, right: 1, inner: 1, full: 1, cross: 1, natural: 1 };
  var WIDE = 100;

  function format(text) {
    var list = tokens(text), out = "", stack = [{ sub: true, indent: 0, clause: "" }];
    var between = 0, owed = false, line = 0;

    function top() { return stack[stack.length - 1]; }
    function put(piece) { out += piece; }
    function breakLine(extra) {
      out = out.replace(/[ \t]+$/, "");
      if (out && !/\n$/.test(out)) { out += "\n"; }
      line = out.length;
      out += " ".repeat(top().indent + extra);
      owed = false;
    }
    function word(index, step) {
      for (var at = index + step; at >= 0 && at < list.length; at += step) {
        if (!isBlank(list[at]) && !isComment(list[at])) { return list[at].text.toLowerCase(); }
      }
      return "";
    }
    function begins(lower, index) {
      if (!top().sub) { return false; }
      if (BREAKS[lower]) { return lower !== "values" || word(index, -1) !== "into"; }
      if (lower === "group" || lower === "order") { return word(index, 1) === "by"; }
      if (SIDES[lower]) { return /^(join|outer)$/.test(word(index, 1)); }
      if (lower === "join") { return !SIDES[word(index, -1)] && word(index, -1) !== "outer"; }
      return false;
    }

    list.forEach(function (token, index) {
      var piece = token.text, lower = piece.toLowerCase();
      var spaced = index > 0 && isBlank(list[index - 1]);
      if (isBlank(token)) { return; }
      if (piece.indexOf("--") === 0) {
        if (!out || (spaced && /\n/.test(list[index - 1].text))) { breakLine(0); } else { put(" "); }
        put(piece);
        owed = true;
        return;
      }
      if (known[lower]) { piece = lower; }
      if (lower === "case") { stack.push({ sub: false, kind: "case", indent: top().indent }); }
      if (begins(lower, index)) {
        top().clause = lower;
        breakLine(0);
      } else if (owed && lower !== "[[") {
        breakLine(4);
      } else if (lower === "[[" && /^(and|or|where|having|limit|order|group)$/.test(word(index, 1))) {
        breakLine(2);
      } else if (/\[\[$/.test(out)) {
        put(" ");
      } else if ((lower === "and" || lower === "or") && top().sub && /^(where|having|qualify)$/.test(top().clause)) {
        if (lower === "and" && between > 0) { between -= 1; put(" "); } else { breakLine(2); }
      } else if (lower === ")" && stack.length > 1 && top().sub) {
        stack.pop();
        breakLine(0);
        stack.push({ sub: false });
      } else if (out && !/[\s]$/.test(out) && spaced && !/^[,;)\]]$/.test(piece) && !/[(\[]$/.test(out)) {
        put(" ");
      }
      if (lower === "between" && top().sub) { between += 1; }
      put(piece);
      if (lower === "(") {
        var opens = /^(select|with|values)$/.test(word(index, 1));
        var indent = /^ */.exec(out.slice(line))[0].length;
        stack.push(opens ? { sub: true, indent: indent + 4, clause: "" } : { sub: false, indent: top().indent });
        if (opens) { owed = false; }
      } else if (lower === ")" || (lower === "end" && top().kind === "case")) {
        if (stack.length > 1) { stack.pop(); }
      } else if (lower === ",") {
        var isCte = stack.length === 1 && top().clause === "" && /\),$/.test(out);
        if (isCte) { breakLine(0); } else if (top().sub && out.length - line > WIDE) { breakLine(4); } else { put(" "); }
      } else if (lower === ";") {
        stack = [{ sub: true, indent: 0, clause: "" }];
        between = 0;
        put("\n\n");
        line = out.length;
      }
      if (lower === ")" && stack.length === 1 && top().clause === "with") { top().clause = ""; }
    });
    return out.replace(/[ \t]+$/gm, "").replace(/\n{3,}/g, "\n\n").replace(/\s+$/, "");
  }

  window.QunlianSql = { tokens: tokens, statements: statements, statementAt: statementAt, format: format, keywords: KEYWORDS };
})();
