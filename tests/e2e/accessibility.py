"""axe-core in a Playwright page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"


def axe_violations(page: Page, without: Sequence[str] = (), **options: Any) -> list[str]:
    """Run every axe rule (WCAG 2.2 A and AA, best practices) on the page as it is now.

    `without` names elements that are not looked at, `options` are axe's own run options. Returns one line for each
    violating element: rule, element, what axe says.
    """
    # What still fades in has the contrast of a moment.
    page.evaluate(
        "Promise.allSettled(document.getAnimations()"
        ".filter(a => a.effect.getComputedTiming().iterations !== Infinity).map(a => a.finished))"
    )
    # Through the debugger's protocol: a script element would be stopped by the site's strict CSP, as it should.
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    session.detach()
    result = page.evaluate(
        "([exclude, options]) => axe.run(exclude.length ? {exclude: exclude.map(one => [one])} : document,"
        " {resultTypes: ['violations'], ...options})",
        [list(without), options],
    )
    return [
        f"{violation['id']} ({violation['impact']}) {' '.join(map(str, node['target']))}: "
        f"{' '.join((node.get('failureSummary') or '').split())}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
