"""How the server is reached from outside: by which names, through which proxies, and which pages may frame it."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from annotator.errors import AnnotatorError

SPACE_HOST = "SPACE_HOST"
"""The variable in which a Hugging Face Space finds the name that it is reached by."""

_SPACE_PROXIES = "10.0.0.0/8"
_SPACE_FRAME = "https://huggingface.co"
_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True)
class Outside:
    """What the server believes of the world before it: by default nothing.

    Attributes:
        names: host names that the server is reached by, besides localhost.
        proxies: addresses or networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
        frames: origins of the pages that may show the screen in a frame.

    Raises:
        AnnotatorError: a proxy that is neither an address nor a network of them, or a frame that is no origin.
    """

    names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for proxy in self.proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError as error:
                raise AnnotatorError(
                    f"A proxy is an address such as 127.0.0.1 or a network such as 10.0.0.0/8, not {proxy[:80]!r}."
                ) from error
        for frame in self.frames:
            if not _ORIGIN.fullmatch(frame):
                raise AnnotatorError(f"A page is named by its origin, such as https://example.org, not {frame[:80]!r}.")

    def with_space(self, environment: Mapping[str, str]) -> "Outside":
        """On a Hugging Face Space also its name, its proxies (nobody else reaches it) and the page that frames it."""
        name = environment.get(SPACE_HOST)
        if not name:
            return self
        return Outside((*self.names, name), (*self.proxies, _SPACE_PROXIES), (*self.frames, _SPACE_FRAME))
