"""A self-contained page: bundle, styles and numbers in one file, no network, no kernel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["standalone"]

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>kanwidget</title>
<style>
body {{ margin: 0; padding: 16px; background: #fff; color-scheme: light dark }}
@media (prefers-color-scheme: dark) {{ body {{ background: #111 }} }}
main {{ max-width: 1400px; margin: 0 auto }}
{css}
</style>
<main></main>
<script type="application/json" id="state">{state}</script>
<script type="text/plain" id="bundle">{bundle}</script>
<script type="module">
const text = (id) => document.getElementById(id).textContent;
const source = new Blob([JSON.parse(text("bundle"))], {{ type: "text/javascript" }});
const {{ mountStatic }} = await import(URL.createObjectURL(source));
mountStatic(document.querySelector("main"), JSON.parse(text("state")));
</script>
</html>
"""


_POLICY = "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data: blob:"


def standalone(state: Mapping[str, Any], bundle: str, css: str) -> str:
    """One HTML page.

    Args:
        state: the widget's traits.
        bundle: the widget's JavaScript module, which exports ``mountStatic(element, state)``.
        css: the widget's styles.
    """
    return _PAGE.format(policy=_POLICY, css=css.replace("</", "<\\/"), state=_inert(state), bundle=_inert(bundle))


def _inert(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
