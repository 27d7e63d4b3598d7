"""Failures a person can do something about: a sentence and a hint, never a traceback."""

from typing import ClassVar


class Failure(Exception):
    """Something outside the program is not as it has to be: what is wrong, and what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class ConfigError(Failure):
    """The settings are wrong: nothing was started, nothing was touched."""

    exit_code = 2
