"""What axe-core (from npm, for the tests alone) finds wrong with a page for people who cannot see or point well."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.conftest import skip_or_fail

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@cache
def _source() -> str:
    if not AXE.is_file():
        skip_or_fail("axe-core is not installed (npm ci)")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, within: str = "html", *, without: tuple[str, ...] = ()) -> list[str]:
    """A line for each element that breaks a rule: the rule, what it asks for, the element.

    Args:
        page: an open page; animations should have come to rest.
        within: selector of what is looked at.
        without: names of rules that are left out.
    """
    page.evaluate(_source())
    options = {"rules": {rule: {"enabled": False} for rule in without}, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = page.evaluate(
        "([within, options]) => axe.run(within, options).then(({ violations }) => violations)", [within, options]
    )
    return [
        f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
