"""The lines of keys, also in the corners of TOML."""

import tomllib

from mix.service.tomllines import line_of, locate

TEXT = '''\
top = 1
[a]
"quoted key" = [ # not the end: ]
  "]", '[', "\\"]",
  { x = 1 },
]
b.c = { d = "}", e = [1] }
long = """
[not.a.table]
fake = "key" \\"""
still = 1"""
after = 2
literal = \'\'\'
fake = 3 # \'\'\'
  [ "spaced" . table ]  # comment
last = 4
[[array]]
x = 1
[[array]]
x = 2
'''


def test_keys_are_found_and_what_looks_like_keys_is_not() -> None:
    """Lists, inline tables and strings of several lines hide what is inside."""
    tomllib.loads(TEXT)  # it is TOML
    assert locate(TEXT) == {
        ("top",): 1,
        ("a",): 2,
        ("a", "quoted key"): 3,
        ("a", "b"): 7,
        ("a", "b", "c"): 7,
        ("a", "long"): 8,
        ("a", "after"): 12,
        ("a", "literal"): 13,
        ("spaced", "table"): 15,
        ("spaced", "table", "last"): 16,
        ("array",): 17,
        ("array", "x"): 18,
    }


def test_what_has_no_line_has_the_line_around_it() -> None:
    """A missing key is missed in its section."""
    lines = locate(TEXT)
    assert line_of(lines, ("a", "missing")) == 2
    assert line_of(lines, ("a", "b", "c", "3")) == 7
    assert line_of(lines, ("elsewhere",)) is None
