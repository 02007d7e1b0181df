"""Texts that have broken readers of records, templates, browsers or spreadsheets, each alone and within others."""

MARKUP = [
    "<script>window.attacked = 1</script>", '<img src="http://example.org/x" onerror="window.attacked = 2">',
    "<svg onload=alert(1)>", "<b>bold", "</p></div></body></html>", "<!-- comment", "-->", "<!-- adrlog -->",
    '</pre></details></style></title><pre id="decision">{}</pre>', "&lt;script&gt; &amp; &quot; &#60;",
    "<![CDATA[x]]>", "javascript:alert(1)", '<a href="javascript:alert(1)">x</a>', "<iframe src=//example.org>",
    "<style>*{display:none}", "<?php echo 1 ?>", "<%= 7 * 7 %>", "<ada@example.org>", "<https://example.org>",
    "expression(alert(1))",
]  # fmt: skip
MARKDOWN = [
    "# heading", "## Status", "###### deep", "heading\n===", "heading\n---", "---", "***", "___", "- item",
    "* item", "+ item", "1. first", "2) second", "    code", "```", "~~~\ncode", "`code`", "> quote",
    "| a | b |\n| - | - |", "a | b", "*bold* __bold__", "_under_", "snake_case_name", "~~struck~~", "[x](y)",
    "[x]: y", "![x](http://example.org/x.png)", "[[wiki]]", "[^1]", "\\", "\\*", "a  \nb", ":::note", "$x^2$",
    "- [ ] todo", "Term\n: definition", "## Decision Outcome", "* Status: rejected", "Status: rejected",
    "Superseded by [ADR-0009](0009-x.md)", "Date: 1999-01-01",
    "### Written by decision-kit from x.json, layout madr, seal 0",
]  # fmt: skip
TEMPLATES = [
    "{{ 7 * 7 }}", "{% raw %}", "{% include 'x' %}", "{# comment #}", "${7 * 7}", "#{7}", "{{{x}}}",
    '<AdrLink slug="x" />', "{x}", "%s %d %(x)s", "{0} {name}",
]  # fmt: skip
YAML = [
    "yes", "null", "~", "no: yes", "a: b # c", "# comment", "'quote", '"quote', "- a", "[a, b", "{a: b", "&anchor",
    "*alias", "!tag", "|", ">", "%TAG", "@ada", "`tick", "2026-11-22", "0o17", "1e3", ".inf", "...", "? key",
    "x: !!python/object:os.system", ",", "a, b",
]  # fmt: skip
UNSEEN = [
    "\x00", "\x1b[31mred", "\x07\x08", "\x7f\x85", "tab\there", "one\ntwo", "one\r\ntwo", "one\rtwo", "a\x0bb\x0cc",
    "a\u2028b\u2029c", "\ufeffmark", "\u202eright to left", "\u2067never closed",
    "\u05d0\u05d1 \u0645\u0631\u062d\u0628\u0627", "a\u200bb\u200dc", "e\u0301", "\uffff", "\U000e0041",
    "\U0010ffff", "\u00ad", "\u3000",
]  # fmt: skip
OTHERS = [
    "\U0001f469\u200d\U0001f680", "\U0001f1e9\U0001f1ea", "\u4e2d\u6587", "\u0130\u0131\u017f", "=1+1", "+1", "-1",
    "@SUM(A1)", '=HYPERLINK("http://example.org")', "'; DROP TABLE x; --", "../../etc/passwd", "C:\\con",
    "x" * 99_000, "word " * 19_000, "$(touch x) `touch x`", "a'b\"c", "%00", "\\u0000", "NaN",
    "http://example.org/?a=1&b=2",
]  # fmt: skip

ALONE = [*MARKUP, *MARKDOWN, *TEMPLATES, *YAML, *UNSEEN, *OTHERS]
"""Each text by itself."""

TEXTS = [
    *ALONE,
    *(f"Orders\n{text}" for text in [*MARKUP, *MARKDOWN, *TEMPLATES]),
    *(f"{text} {text}" for text in YAML),
]
"""All of them: alone, at the beginning of a later line, and twice."""
