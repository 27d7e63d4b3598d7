"""The command line, as a person and as a script see it."""

import json
import os
import sys
import types
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import mix.service
from mix.service import cli
from mix.service.answers import CheckResult, WhoisAnswer
from mix.service.failures import Failure
from mix.service.settings import Settings

Run = Callable[..., tuple[int, str, str]]

GOOD = '[component]\njid = "mix.example.org"\nsecret = "x7"\n'
HECATE = WhoisAnswer(
    id="b5xq",
    nick="third witch",
    jid="hecate@shakespeare.example",
    state="gone",
    joined=datetime(2024, 5, 1, 12, 0, tzinfo=UTC),
    left=datetime(2024, 5, 2, 12, 0, tzinfo=UTC),
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `mixd` in an empty directory with valid settings; gives exit code, output, errors."""
    for name in list(os.environ):
        if name.startswith("MIXD_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(cli, "PLACES", (Path("mixd.toml"), Path("etc/mixd.toml")))
    Path("mixd.toml").write_text(GOOD + '[database]\nurl = "sqlite:///mixd.db"\n')

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mixd", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), out, err

    return run


@pytest.fixture
def operations(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """The part behind the command line, replaced: answers are set by the test."""
    module = types.ModuleType("mix.service.operations")
    monkeypatch.setitem(sys.modules, "mix.service.operations", module)
    monkeypatch.setattr(mix.service, "operations", module, raising=False)
    return module


def answering(operations: types.ModuleType, name: str, answer: object) -> list[dict[str, object]]:
    """Let an operation answer, or fail; gives the calls it got."""
    calls: list[dict[str, object]] = []

    def function(settings: Settings, **arguments: object) -> object:
        calls.append({"settings": settings, **arguments})
        if isinstance(answer, BaseException):
            raise answer
        return answer

    setattr(operations, name, function)
    return calls


def test_version_and_help(run: Run) -> None:
    """Both work without settings."""
    Path("mixd.toml").unlink()
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith("mixd ")
    code, out, _ = run("--help")
    assert code == 0
    assert all(command in out for command in ("serve", "check", "whois"))


def test_serve_hands_over_the_settings(run: Run, operations: types.ModuleType) -> None:
    """`mixd serve` ends with 0 when the service ends as told."""
    calls = answering(operations, "serve", None)
    assert run("serve") == (0, "", "")
    settings = calls[0]["settings"]
    assert isinstance(settings, Settings)
    assert settings.component.jid == "mix.example.org"


@pytest.mark.parametrize("command", ["serve", "check", "whois"])
def test_wrong_settings_end_every_command_with_2_and_a_sentence(run: Run, command: str) -> None:
    """No traceback, nothing on stdout, and nothing behind the command line is even loaded."""
    Path("mixd.toml").write_text(GOOD + "prot = 1\n")
    code, out, err = run(command, *(["coven", "hecate"] if command == "whois" else []))
    assert (code, out) == (2, "")
    assert "mixd: mixd.toml, line 4: [component] has no key prot; did you mean port?" in err
    assert "Traceback" not in err


def test_settings_are_looked_for_in_order(
    run: Run, operations: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--config, then MIXD_CONFIG, then ./mixd.toml, then the system's."""
    calls = answering(operations, "serve", None)
    text = Path("mixd.toml").read_text()
    Path("etc").mkdir()
    for place in ("etc/mixd.toml", "variable.toml", "option.toml"):
        Path(place).write_text(text.replace("mix.example.org", place.replace("/", ".")))

    monkeypatch.setenv("MIXD_CONFIG", "variable.toml")
    run("serve", "--config", "option.toml")
    run("serve")
    monkeypatch.delenv("MIXD_CONFIG")
    run("serve")
    Path("mixd.toml").unlink()
    run("serve")
    Path("etc/mixd.toml").unlink()
    assert run("serve") == (
        2,
        "",
        "mixd: There is no settings file: looked for mixd.toml and etc/mixd.toml.\n"
        "Name one with --config or in the environment variable MIXD_CONFIG.\n",
    )
    monkeypatch.setenv("MIXD_COMPONENT__JID", "environment")
    monkeypatch.setenv("MIXD_COMPONENT__SECRET", "x7")
    monkeypatch.setenv("MIXD_DATABASE__URL", "sqlite:///mixd.db")
    run("serve")

    used = [settings.component.jid for call in calls if isinstance(settings := call["settings"], Settings)]
    assert used == ["option.toml", "variable.toml", "mix.example.org", "etc.mixd.toml", "environment"]


def test_a_database_in_no_directory(run: Run) -> None:
    """SQLite would only say that it is unable to open a file."""
    Path("mixd.toml").write_text(Path("mixd.toml").read_text().replace("mixd.db", "none/mixd.db"))
    code, _, err = run("serve")
    assert code == 2
    assert "The directory of the database, none, does not exist." in err


@pytest.mark.parametrize(
    "failure",
    [
        Failure("The XMPP server refused the secret.", "Compare it."),
        ExceptionGroup("tasks", [Failure("The XMPP server refused the secret.", "Compare it.")]),
    ],
)
def test_a_failure_at_run_time_is_a_sentence_and_1(run: Run, operations: types.ModuleType, failure: Exception) -> None:
    """Also when it comes out of a task group."""
    answering(operations, "serve", failure)
    assert run("serve") == (1, "", "mixd: The XMPP server refused the secret.\nCompare it.\n")


@pytest.mark.parametrize("bug", [ZeroDivisionError(), ExceptionGroup("tasks", [Failure("x"), ZeroDivisionError()])])
def test_a_bug_keeps_its_traceback(
    run: Run, operations: types.ModuleType, monkeypatch: pytest.MonkeyPatch, bug: Exception
) -> None:
    """Nobody can report what was swallowed."""
    answering(operations, "serve", bug)
    monkeypatch.setattr(sys, "argv", ["mixd", "serve"])
    with pytest.raises(type(bug)):
        cli.main()


def test_check_prints_what_is_in_order_and_what_is_not(run: Run, operations: types.ModuleType) -> None:
    """Exit code 1 as soon as one thing fails; its hint is shown."""
    fine = CheckResult("database", True, "schema 3", "unneeded hint")
    broken = CheckResult("component", False, "refused", "Compare the secret.")
    answering(operations, "check", [fine])
    code, out, _ = run("check")
    assert code == 0
    assert "schema 3" in out
    assert "unneeded hint" not in out
    answering(operations, "check", [fine, broken])
    code, out, _ = run("check")
    assert code == 1
    assert "FAILED" in out
    assert "Compare the secret." in out
    code, out, _ = run("check", "--json")
    assert code == 1
    assert [(item["name"], item["ok"]) for item in json.loads(out)] == [
        ("settings", True),
        ("database", True),
        ("component", False),
    ]


def test_whois_prints_who_it_is_and_says_who_asked(run: Run, operations: types.ModuleType) -> None:
    """For people a table, for programs JSON; the operating system's user is passed on to the audit."""
    calls = answering(operations, "whois", [HECATE])
    code, out, _ = run("whois", "coven", "third witch")
    assert code == 0
    assert all(text in out for text in ("hecate@shakespeare.example", "third witch", "gone", "b5xq"))
    assert (calls[0]["channel"], calls[0]["who"]) == ("coven", "third witch")
    assert calls[0]["asked_by"]
    code, out, _ = run("whois", "coven", "third witch", "--json")
    assert code == 0
    assert json.loads(out) == [
        {
            "id": "b5xq",
            "nick": "third witch",
            "jid": "hecate@shakespeare.example",
            "state": "gone",
            "joined": "2024-05-01T12:00:00+00:00",
            "left": "2024-05-02T12:00:00+00:00",
        }
    ]


def test_the_audit_gets_the_person_behind_sudo(
    run: Run, operations: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sudo -u mixd mixd whois` is asked by somebody, not by mixd."""
    calls = answering(operations, "whois", [HECATE])
    monkeypatch.setenv("LOGNAME", "mixd")
    monkeypatch.setenv("SUDO_USER", "duncan")
    run("whois", "coven", "third witch")
    monkeypatch.delenv("SUDO_USER")
    run("whois", "coven", "third witch")
    assert [call["asked_by"] for call in calls] == ["duncan (as mixd)", "mixd"]


def test_a_long_address_is_printed_whole(run: Run, operations: types.ModuleType) -> None:
    """On one line, however narrow a terminal or a pipe claims to be."""
    long = WhoisAnswer("j5bbkiaszzwkgqeqhaan3uar6i", "n" * 60, f"{'a' * 60}@b.example", "gone", HECATE.joined, None)
    answering(operations, "whois", [long])
    _, out, _ = run("whois", "coven", "n")
    assert f"{'a' * 60}@b.example  {'n' * 60}  gone" in out
    assert out.rstrip().endswith(long.id)


def test_whois_of_nobody(run: Run, operations: types.ModuleType) -> None:
    """A sentence and 1; with --json an empty list as well."""
    answering(operations, "whois", [])
    code, out, err = run("whois", "coven", "puck")
    assert (code, out) == (1, "")
    assert "Nobody in coven is, or was, puck." in err
    code, out, _ = run("whois", "coven", "puck", "--json")
    assert (code, json.loads(out)) == (1, [])


def test_markup_of_users_is_only_text(run: Run, operations: types.ModuleType) -> None:
    """A nick such as [red] is not styling, and no error of the terminal library."""
    odd = WhoisAnswer("i", "[/bold][red]x", "a@b.example", "participant", HECATE.joined, None)
    answering(operations, "whois", [odd])
    code, out, _ = run("whois", "coven", "[red]")
    assert code == 0
    assert "[/bold][red]x" in out


def test_wrong_usage_is_2(run: Run) -> None:
    """As with every command."""
    assert run("whois", "coven")[0] == 2
    assert run("sing")[0] == 2
