"""Wrong settings are answered with the place, the key, what is wrong and what is near."""

import re
from pathlib import Path

import pytest
from sqlalchemy import make_url

from mix.service.failures import ConfigError
from mix.service.settings import Database, load

GOOD = '[component]\njid = "mix.example.org"\nsecret = "x7"\n'


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's MIXD_ variables, nobody's mixd.toml."""
    import os

    for name in os.environ:
        if name.startswith("MIXD_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write(text: str) -> Path:
    """A settings file in the directory of the test."""
    Path("mixd.toml").write_text(text, encoding="utf-8")
    return Path("mixd.toml")


def refusal(text: str) -> str:
    """What is said about a wrong file."""
    with pytest.raises(ConfigError) as caught:
        load(write(text))
    return caught.value.sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[component]\njid = mix\n", "mixd.toml, line 2, column 7: this is not TOML: invalid value"),
        (
            "\n\n[component",
            "mixd.toml, line 3: this is not TOML: expected ']' at the end of a table declaration",
        ),
        ("", "mixd.toml: there is no section [component]"),
        ('[component]\nsecret = "x7"\n', "mixd.toml, line 1: [component] needs jid"),
        (GOOD + "prot = 5347", "mixd.toml, line 4: [component] has no key prot; did you mean port?"),
        (GOOD + "[servise]\n", "mixd.toml, line 4: there is no section [servise]; did you mean [service]?"),
        (GOOD + 'level = "info"', "mixd.toml, line 4: [component] has no key level; it belongs below [log]"),
        (
            GOOD + "[database]\nxyz = 1",
            "mixd.toml, line 5: [database] has no key xyz; it has url",
        ),
        (
            "history = 1\n" + GOOD,
            "mixd.toml, line 1: history stands outside of its section; it belongs below [muc]",
        ),
        (
            'log = "info"\n' + GOOD,
            "mixd.toml, line 1: log has to be a section: write [log] and its keys below",
        ),
        (
            GOOD + 'port = "abc"',
            "mixd.toml, line 4: port in [component] must be a whole number, not 'abc'",
        ),
        (GOOD + "port = true", "mixd.toml, line 4: port in [component] must be a whole number, not 'true'"),
        (GOOD + "port = 70000", "mixd.toml, line 4: port in [component] must be at most 65535, not '70000'"),
        (
            GOOD + "[limits]\nmailbox = 1",
            "mixd.toml, line 5: mailbox in [limits] must be at least 10, not '1'",
        ),
        (
            GOOD + "[service]\nsearchable = 'maybe'",
            "mixd.toml, line 5: searchable in [service] must be true or false, not 'maybe'",
        ),
        (
            GOOD + "[service]\nname = 4",
            "mixd.toml, line 5: name in [service] must be text in quotes, not '4'",
        ),
        (
            GOOD + "[service]\nadmins = 4",
            """mixd.toml, line 5: admins in [service] must be a list such as ["first", "second"], not '4'""",
        ),
        (
            GOOD + "[service]\ncontact = ['admin@example.org']",
            "mixd.toml, line 5: contact in [service] must be an address such as xmpp:admin@example.org "
            "or mailto:admin@example.org, not 'admin@example.org'",
        ),
        (GOOD + "[service]\nfaces = []", "mixd.toml, line 5: faces in [service] must not be empty"),
        (
            GOOD + "[service]\nfaces = ['mix face']",
            "mixd.toml, line 5: faces in [service] must be the name of a Python module, not 'mix face'",
        ),
        (
            GOOD + "[log]\nlevel = 'inof'",
            "mixd.toml, line 5: level in [log] must be one of debug, info, warning, error, not 'inof'; "
            "did you mean info?",
        ),
        (
            '[component]\njid = "mix@example.org"\nsecret = "x7"',
            "mixd.toml, line 2: jid in [component] must be a domain such as mix.example.org, not 'mix@example.org'",
        ),
        (
            GOOD + '[service]\nadmins = [\n  "romeo@example.org", # ]\n  "juliet",\n]\ncreators = "admin"',
            "mixd.toml, line 5: admins in [service] must be an address such as romeo@example.org, "
            "not 'juliet'\n"
            "mixd.toml, line 9: creators in [service] must be one of local, anyone, admins, not 'admin'; "
            "did you mean admins?",
        ),
        (
            GOOD + '[database]\nurl = "mysql://root:pw@db/x"',
            "mixd.toml, line 5: url in [database] must begin with sqlite:/// and a path, "
            "or with postgresql:// and a host",
        ),
        (
            GOOD + '[database]\nurl = "sqlite://"',
            "mixd.toml, line 5: url in [database] needs the path of a file after sqlite:///",
        ),
        (
            GOOD + '[muc]\ndomain = "mix.example.org"',
            "mixd.toml, line 5: domain in [muc] must not be the jid in [component]",
        ),
        (
            '[component]\njid = "mix.example.org"',
            "mixd.toml, line 1: [component] needs secret, or secret_file",
        ),
        (GOOD + 'secret_file = "x"', "mixd.toml, line 4: [component] has both secret and secret_file"),
        (
            '[component]\njid = "mix.example.org"\nsecret_file = "none"',
            "mixd.toml, line 3: secret_file none cannot be read: No such file or directory",
        ),
    ],
)
def test_a_wrong_file_is_answered_with_line_key_and_reason(text: str, sentence: str) -> None:
    """Each kind of mistake, in the words a person reads."""
    assert refusal(text) == sentence


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, not text."""
    with pytest.raises(ConfigError, match=r"none\.toml cannot be read: No such file"):
        load(Path("none.toml"))
    Path("bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"bytes\.toml is not UTF-8 text"):
        load(Path("bytes.toml"))


def test_no_message_repeats_a_secret() -> None:
    """A secret of the wrong type, a URL with a password: neither is shown."""
    assert "987654" not in refusal('[component]\njid = "mix.example.org"\nsecret = 987654')
    assert "pw" not in refusal(GOOD + '[database]\nurl = "mysql://root:pw@db/x"')
    settings = load(write(GOOD + '[database]\nurl = "postgresql://root:pw@db/x"'))
    assert "x7" not in repr(settings)
    assert "pw" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("MIXD_COMPONENT__PORT", "abc", "port in [component] must be a whole number, not 'abc'"),
        ("MIXD_LOG", "debug", "log has to be a section: write [log] and its keys below"),
        ("MIXD_LOG__LEVL", "debug", "there is no such setting; did you mean MIXD_LOG__LEVEL?"),
        ("MIXD_COMPONENT_PORT", "5347", "there is no such setting; did you mean MIXD_COMPONENT__PORT?"),
        ("MIXD_COMPONENT__SECRET_FILE", "x", "[component] has both secret and secret_file"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str) -> None:
    """Not the file is to blame, and not line 1 of it."""
    monkeypatch.setenv(variable, value)
    assert refusal(GOOD) == f"environment variable {variable}: {sentence}"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key by key: what is not in the environment stays as the file has it."""
    monkeypatch.setenv("MIXD_COMPONENT__PORT", "5348")
    monkeypatch.setenv("MIXD_SERVICE__ADMINS", "romeo@example.org, juliet@example.org")
    monkeypatch.setenv("MIXD_SERVICE__LOCAL_DOMAINS", '["example.net"]')
    settings = load(write(GOOD + '[service]\nname = "Coven"'))
    assert (settings.component.port, settings.component.jid) == (5348, "mix.example.org")
    assert settings.service.admins == ("romeo@example.org", "juliet@example.org")
    assert settings.service.name == "Coven"
    assert settings.local_domains == {"example.net"}


def test_everything_can_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As containers like it: no file at all."""
    monkeypatch.setenv("MIXD_COMPONENT__JID", "Mix.Example.org")
    monkeypatch.setenv("MIXD_COMPONENT__SECRET", "x7")
    settings = load(None)
    assert settings.component.jid == "mix.example.org"
    assert settings.local_domains == {"example.org"}


def test_the_secret_file_is_read_next_to_the_settings(tmp_path: Path) -> None:
    """Wherever the program was started; without the newline that editors leave."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/secret").write_text("from the file\n")
    file = tmp_path / "etc/mixd.toml"
    file.write_text('[component]\njid = "mix.example.org"\nsecret_file = "secret"\n')
    assert load(file).component.secret.get_secret_value() == "from the file"
    (tmp_path / "etc/secret").write_text("\n")
    with pytest.raises(ConfigError, match=r"line 3: secret_file .*etc/secret is empty"):
        load(file)


@pytest.mark.parametrize(
    ("url", "driven", "file"),
    [
        (
            "sqlite:////var/lib/mixd/mixd.db",
            "sqlite+pysqlite:////var/lib/mixd/mixd.db",
            "/var/lib/mixd/mixd.db",
        ),
        ("sqlite:///here.db", "sqlite+pysqlite:///here.db", "here.db"),
        ("sqlite:///:memory:", "sqlite+pysqlite:///:memory:", None),
        ("postgresql://u:p@db/mixd", "postgresql+asyncpg://u:p@db/mixd", None),
        ("postgres://db/mixd", "postgresql+asyncpg://db/mixd", None),
        ("postgresql+asyncpg://db/mixd", "postgresql+asyncpg://db/mixd", None),
    ],
)
def test_plain_urls_get_their_driver(url: str, driven: str, file: str | None) -> None:
    """Operators write the URLs they know."""
    database = Database(url=url)
    assert database.driven_url == make_url(driven)
    assert database.file == (Path(file) if file else None)


def test_the_example_shows_every_key_with_its_default() -> None:
    """Whoever copies config/example.toml gets what whoever leaves keys out gets."""
    example = Path(__file__).parents[2] / "config/example.toml"
    text = example.read_text(encoding="utf-8")
    sections = re.split(r"^\[(\w+)\]$", text, flags=re.MULTILINE)
    shown = {
        section: set(re.findall(r"^(?:# )?(\w+) = ", body, flags=re.MULTILINE))
        for section, body in zip(sections[1::2], sections[2::2], strict=True)
    }
    settings, plain = load(example), load(write(GOOD))
    assert shown == {name: set(type(getattr(plain, name)).model_fields) for name in type(plain).model_fields}

    required = {"component": {"jid", "secret"}}
    assert settings.model_dump(exclude=required) == plain.model_dump(exclude=required)
