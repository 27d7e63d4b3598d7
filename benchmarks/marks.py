"""Where we want to be: the floor now, the aim soon. Data only; the stages say what they measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing we promise ourselves, as two numbers."""

    title: str
    unit: str
    floor: float
    aim: float
    more_is_better: bool

    def standing(self, measured: float) -> str:
        """Where a measured value stands: at the aim, above the floor, or below it."""
        sign = 1 if self.more_is_better else -1
        if sign * measured >= sign * self.aim:
            return "aim"
        return "floor" if sign * measured >= sign * self.floor else "below"


MARKS = {
    "fanout.raw.100": Mark("fan-out vs raw joined write, N = 100", "%", 12, 40, True),
    "fanout.raw.1000": Mark("fan-out vs raw joined write, N = 1,000", "%", 35, 55, True),
    "fanout.naive.10": Mark("fan-out vs naive component, N = 10", "×", 4, 15, True),
    "fanout.naive.100": Mark("fan-out vs naive component, N = 100", "×", 40, 120, True),
    "fanout.naive.1000": Mark("fan-out vs naive component, N = 1,000", "×", 120, 200, True),
    "fanout.cpu.100": Mark("processor time a delivery, N = 100", "µs", 3, 1, False),
    "storm.muc.seconds": Mark("MUC: join storm of 1,000 (10⁶ presences)", "s", 2.5, 1, False),
    "storm.muc.peak": Mark("MUC: join storm of 1,000, peak growth", "MiB", 150, 64, False),
    "storm.muc.wait": Mark("MUC: join storm of 1,000, longest wait of another room", "ms", 100, 25, False),
    "storm.mix.seconds": Mark("MIX: 1,000 joins", "s", 1, 0.1, False),
    "storm.occupant": Mark("an occupant at rest", "KiB", 4, 1.5, False),
    "ingest.sqlite": Mark("durable ingest, SQLite FULL", "messages/s", 4_000, 10_000, True),
    "ingest.postgresql": Mark("durable ingest, PostgreSQL", "messages/s", 3_000, 8_000, True),
    "mam.p50": Mark("MAM page of 100 from 1 M, p50", "ms", 3, 1.5, False),
    "mam.p99": Mark("MAM page of 100 from 1 M, p99", "ms", 10, 4, False),
    "start.seconds": Mark("start with 10,000 channels, to handshake", "s", 2, 1, False),
    "start.memory": Mark("start with 10,000 channels, resident", "MiB", 200, 90, False),
}
