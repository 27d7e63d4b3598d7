"""`python -m benchmarks`: measure mixd over the wire and say where each mark stands."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from benchmarks import archive, fanout, hottest, ingest, large, report, start, storm
from benchmarks.lab import Lab, Outcome
from benchmarks.measure import StageFailed, StageSkipped

STAGES: Mapping[str, Callable[[Lab], Awaitable[Outcome]]] = {
    "fanout": fanout.run,
    "storm": storm.run,
    "ingest": ingest.run,
    "mam": archive.run,
    "large": large.run,
    "start": start.run,
}

console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


async def measure(lab: Lab, names: list[str]) -> list[Outcome]:
    """One stage after the other; one that fails does not keep the next from being measured."""
    task = asyncio.current_task()
    assert task is not None
    # Ctrl-C cancels by itself; a polite kill should leave as little behind.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    outcomes = []
    for name in names:
        try:
            outcomes.append(await STAGES[name](lab))
        except StageSkipped as reason:
            outcomes.append(Outcome(f"{name}: left out", notes=(f"{reason}.",)))
        except StageFailed as failure:
            outcomes.append(Outcome(f"{name}: not measured", notes=(str(failure),), failed=True))
    return outcomes


def chosen(only: str) -> list[str]:
    """The stages named on the command line, in their usual order."""
    names = [name.strip() for name in only.split(",") if name.strip()]
    if unknown := [name for name in names if name not in STAGES]:
        raise typer.BadParameter(f"no stage is called {', '.join(unknown)}; there are {', '.join(STAGES)}")
    return [name for name in STAGES if not names or name in names]


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="One short run of each; numbers to look at, not to keep.")
    ] = False,
    only: Annotated[str, typer.Option(help=f"Stages, separated by commas: {','.join(STAGES)}.")] = "",
    runs: Annotated[int, typer.Option(min=1, help="Runs of each, of which the median counts.")] = 3,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write everything to this file.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write a page for the documentation to this file.")] = None,
    profile: Annotated[
        Path | None,
        typer.Option(help="Run mixd under cProfile; each stage writes FILE.<stage>.prof. Distorts numbers."),
    ] = None,
    workdir: Annotated[
        Path | None, typer.Option(help="Where databases go: a disk like the one in use, not one in memory.")
    ] = None,
    stand_in: Annotated[
        bool, typer.Option("--stand-in", help="Measure the naive component in the place of mixd.")
    ] = False,
) -> None:
    """Measure mixd over the wire: fan-out, join storms, durable ingest, the archive, a large channel, the start."""
    names = chosen(only)
    with console.status("starting") as status:
        lab = Lab(
            base=workdir or Path(tempfile.gettempdir()),
            runs=1 if quick else runs,
            seconds=0.5 if quick else 2.0,
            quick=quick,
            stand_in=stand_in,
            profile=profile.absolute() if profile else None,
            say=lambda text: say(text, status.update),
        )
        try:
            outcomes = uvloop.run(measure(lab, names))
        except (KeyboardInterrupt, asyncio.CancelledError):
            console.print("Stopped; what was started has been ended.")
            raise typer.Exit(130) from None
    report.show(outcomes, console)
    if lab.profile is not None:
        for file in sorted(lab.profile.parent.glob(f"{lab.profile.stem}.*.prof")):
            console.print(hottest.table(file))
    facts = report.machine(lab)
    for path, text in ((json_file, report.as_json), (markdown, report.as_markdown)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(outcomes, facts))
            console.print(f"Written: {path}")
    raise typer.Exit(1 if any(outcome.failed for outcome in outcomes) else 0)


def say(text: str, update: Callable[[str], None]) -> None:
    """Show what is being measured: in place on a terminal, line by line elsewhere."""
    if console.is_terminal:
        update(text)
    else:
        console.print(text, style="dim")


if __name__ == "__main__":
    typer.run(main)
