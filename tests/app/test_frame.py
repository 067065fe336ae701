"""What frames the pages: the link to the static page."""

from app.frame import footer


def test_a_link_only_where_an_address_is_set() -> None:
    assert "<a " not in footer("")
    assert "<a " not in footer("javascript:alert(1)")
    assert '<a href="https://page.example/?a=1&amp;b=2">' in footer("https://page.example/?a=1&b=2")
