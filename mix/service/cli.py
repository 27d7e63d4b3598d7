"""The `mixd` command."""

import getpass
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from mix.service.failures import ConfigError, Failure

if TYPE_CHECKING:
    from mix.service.answers import CheckResult, WhoisAnswer
    from mix.service.settings import Settings

PLACES = (Path("mixd.toml"), Path("/etc/mixd/mixd.toml"))


app = typer.Typer(
    name="mixd",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, secrets among them
    help="One XMPP channel service, two ways to use it: MIX and MUC.",
)

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="MIXD_CONFIG",
        help="The settings (TOML). Without it: ./mixd.toml, then /etc/mixd/mixd.toml.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@app.callback(invoke_without_command=True)
def _options(
    show_version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    if show_version:
        typer.echo(f"mixd {version('mixd')}")
        raise typer.Exit


@app.command()
def serve(config: ConfigFile = None) -> None:
    """Run the service until it is told to stop (SIGINT, SIGTERM)."""
    settings = _settings(config)
    from mix.service import logging, operations

    logging.configure(settings.log)
    operations.serve(settings)


@app.command()
def check(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Say whether the settings, the database and the login at the XMPP server are in order."""
    settings = _settings(config)
    from mix.service import logging, operations
    from mix.service.answers import CheckResult

    logging.be_silent()

    place = _config_place(config)
    results = [CheckResult("settings", True, str(place) if place else "environment"), *operations.check(settings)]
    if as_json:
        typer.echo(json.dumps([asdict(result) for result in results], indent=2))
    else:
        _print_whole(_check_table(results))
    if not all(result.ok for result in results):
        raise typer.Exit(1)


@app.command()
def whois(
    channel: Annotated[str, typer.Argument(help="The channel: its name or its address.")],
    who: Annotated[str, typer.Argument(help="A participant id, a nick or a JID; also of people who left.")],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Say who somebody in a channel is. Every lookup is written to the audit table."""
    settings = _settings(config)
    from mix.service import operations

    answers = operations.whois(settings, channel=channel, who=who, asked_by=_asker())
    if as_json:
        typer.echo(json.dumps([asdict(answer) for answer in answers], indent=2, default=datetime.isoformat))
    elif answers:
        _print_whole(_whois_table(answers))
    if not answers:
        raise Failure(
            f"Nobody in {channel} is, or was, {who}.",
            "A channel's name, an id and a JID have to be complete; of somebody's nicks only the last is known.",
        )


def main() -> None:
    """Run the command line; exit codes: 0 fine, 1 failed, 2 wrong settings or wrong usage.

    A Failure is shown as a sentence in red and a hint; anything else is a bug and keeps its traceback.
    """
    try:
        app()
    except Failure as failure:
        sys.exit(_show(failure))
    except BaseExceptionGroup as group:
        # out of a TaskGroup; if something else is in it as well, that is a bug to be seen
        failures, others = group.split(Failure)
        if failures is None or others is not None:
            raise
        sys.exit(_show(_first(failures)))


def _settings(config: Path | None) -> "Settings":
    from mix.service.settings import load

    settings = load(_config_place(config))
    file = settings.database.file
    if file and not file.parent.is_dir():
        raise ConfigError(
            f"The directory of the database, {file.parent}, does not exist.",
            "Make it, writable for the user who runs mixd, or set url in [database] to another place.",
        )
    return settings


def _config_place(config: Path | None) -> Path | None:
    """The settings file; None when everything is in the environment."""
    if config:
        return config
    for place in PLACES:
        if place.exists():
            return place
    if "MIXD_COMPONENT__JID" in os.environ:
        return None
    raise ConfigError(
        f"There is no settings file: looked for {' and '.join(map(str, PLACES))}.",
        "Name one with --config or in the environment variable MIXD_CONFIG.",
    )


def _asker() -> str:
    """Who is asking, for the audit: the person behind sudo, too."""
    user, person = getpass.getuser(), os.environ.get("SUDO_USER")
    return f"{person} (as {user})" if person and person != user else user


def _show(failure: Failure) -> int:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(Text(f"mixd: {failure.sentence}", style="red"))
    if failure.hint:
        console.print(Text(failure.hint))
    return failure.exit_code


def _first(group: BaseExceptionGroup[Failure]) -> Failure:
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


def _print_whole(table: Table) -> None:
    """Print a table as wide as it is: half an address or half an id is of no use, and a pipe has no width."""
    console = Console()
    whole = Measurement.get(console, console.options.update_width(sys.maxsize), table).maximum
    console.width = max(console.width, whole)
    console.print(table)


def _check_table(results: Sequence["CheckResult"]) -> Table:
    table = Table("", "Check", "Found", box=None, pad_edge=False)
    for result in results:
        mark = Text("ok", style="green") if result.ok else Text("FAILED", style="red")
        found = f"{result.detail}\n{result.hint}" if result.hint and not result.ok else result.detail
        table.add_row(mark, Text(result.name), Text(found))
    return table


def _whois_table(answers: Sequence["WhoisAnswer"]) -> Table:
    table = Table("JID", "Nick", "Now", "Joined", "Left", "Id", box=None, pad_edge=False)
    for answer in answers:
        left = _minute(answer.left) if answer.left else ""
        cells = (answer.jid, answer.nick or "", answer.state, _minute(answer.joined), left, answer.id)
        table.add_row(*map(Text, cells))
    return table


def _minute(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
