"""The page that stands alone is inert: nothing in the numbers can become markup or leave the page."""

from __future__ import annotations

import json
import re

import pytest

from kanwidget.io.html import standalone


def test_state_survives_the_trip() -> None:
    state = {"formula": {"latex": r"\frac{1}{2}"}, "inputs": ["x_1", "α", "</script><script>alert(1)</script>"]}
    page = standalone(state, "export const a = 1;", ".a { color: red }")
    found = re.search(r'<script type="application/json" id="state">(.*?)</script>', page, re.DOTALL)
    assert found
    assert json.loads(found[1]) == state


@pytest.mark.parametrize("text", ["</script>", "<!--", "<script>", "]]>", "\u2028"])
def test_hostile_text_cannot_end_the_element_it_stands_in(text: str) -> None:
    page = standalone({"name": text}, f'const a = "{text}";', "")
    assert page.count("<script") == standalone({}, "", "").count("<script")
    assert page.count("</script") == standalone({}, "", "").count("</script")


def test_the_page_forbids_every_request() -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', standalone({}, "", ""))
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "connect-src" not in policy[1]
