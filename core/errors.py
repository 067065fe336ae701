"""The errors that a person can put right, one family: each says in one sentence what is wrong, without a traceback.

A script that catches `UserError` sees all of them: of `core`, `datasets`, `app` and `annotator`.
"""


class UserError(Exception):
    """Something a person gave does not do; `str()` is one clear sentence. The command line prints it and exits 1."""


class UsageError(UserError):
    """The command itself was put wrongly (arguments that do not go together). The command line exits 2."""
