"""Faults of accessibility that axe finds in the widget as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .widget import Widget

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"

# Colours that are on their way to others are not looked at.
SETTLED = """async (root) => {
    const moving = root.getAnimations({ subtree: true });
    await Promise.allSettled(
        moving.filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime)).map((one) => one.finished),
    );
    return (await axe.run(root, { resultTypes: ["violations"] })).violations;
}"""


def violations(widget: Widget) -> list[str]:
    """Each fault as a line: the rule, the element, what is wrong."""
    page = widget.root.page
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = widget.root.evaluate(SETTLED)
    return [
        f"{fault['id']}: {node['html'][:160]} {node['failureSummary']}" for fault in found for node in fault["nodes"]
    ]
