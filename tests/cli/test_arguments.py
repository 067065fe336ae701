"""Kinds of arguments: what they take, and the sentence where they do not."""

import argparse

import pytest

from core.arguments import positive, positive_whole, share


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "", "²"])
def test_whole_numbers_from_one(text: str) -> None:
    assert positive_whole("12") == 12
    with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number of at least 1"):
        positive_whole(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "much"])
def test_numbers_above_zero(text: str) -> None:
    assert positive("0.5") == 0.5
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number above 0"):
        positive(text)


@pytest.mark.parametrize("text", ["-0.1", "1.1", "nan", "half"])
def test_shares(text: str) -> None:
    assert (share("0"), share("1"), share("0.25")) == (0, 1, 0.25)
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number from 0 to 1"):
        share(text)
