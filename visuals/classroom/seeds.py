"""Everybody a seed: a room's race of a plain and a residual net, of which each phone has a seed. In the rooms' file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from models.deeper.nets import Lane
from models.deeper.race import Race
from visuals.classroom.rooms import NotNow, Rooms, hashed

DEPTHS = (8, 20)  # of the two nets
DATA = "digits"
STEPS = 100  # measured: 6 s of a core for a seed of two nets of 20 layers, so 93 s of two cores for thirty
SEEDS = 30  # at most; where more have joined, some share one

Errors = tuple[float | None, float | None]  # of the plain and of the residual net; None: it has diverged


def race_of(depth: int, seed: int) -> Race:
    """What is trained for one seed, on the digits."""
    return Race((Lane(depth, False), Lane(depth, True)), STEPS, seed, data=DATA)


@dataclass(frozen=True)
class SeedRace:
    """A room's race. Its seeds are 1 to `seeds`; `errors` are training errors in %, by the seed."""

    depth: int
    seeds: int
    goes_on: bool
    training: tuple[int, ...]
    errors: Mapping[int, Errors]

    @property
    def ended(self) -> bool:
        """Whether all seeds are trained; one that neither goes on nor has ended was stopped, by whatever."""
        return len(self.errors) == self.seeds


class Seeds:
    """The newest race of every room. Its methods may raise as those of Rooms do."""

    def __init__(self, rooms: Rooms):
        """After a restart nothing is being trained: what was under way waits, until the teacher goes on."""
        self._rooms = rooms
        with rooms.now() as db:
            for (code,) in db.execute("SELECT code FROM races WHERE goes_on").fetchall():
                self._halt(db, code)

    def begin(self, code: str, secret: str, depth: int) -> None:
        """A seed for each phone that has joined. What was trained of this race before stays."""
        with self._rooms.now() as db:
            self._rooms.must_lead(code, secret)
            room, race = self._rooms.room(code), self._race(db, code)
            if room.phase in ("ask", "closed"):
                raise NotNow("A question is being asked. Reveal it first.")
            if not room.joined:
                raise NotNow("Nobody has joined yet, so there is nobody for a seed.")
            if race and race.goes_on:
                return
            seeds = min(room.joined, SEEDS)
            db.execute("INSERT OR REPLACE INTO races VALUES (?, ?, ?, 1)", (code, depth, seeds))
            db.execute("DELETE FROM places WHERE code = ?", (code,))
            if (race := self._race(db, code)) and race.ended:
                self._halt(db, code)
            self._rooms.turn(code, "seeds")

    def stop(self, code: str, secret: str) -> None:
        """What is under way is given up."""
        with self._rooms.now() as db:
            self._rooms.must_lead(code, secret)
            self._halt(db, code)

    def of(self, code: str) -> SeedRace | None:
        with self._rooms.now() as db:
            return self._race(db, code)

    def all_errors(self, code: str) -> Mapping[int, Mapping[int, Errors]]:
        """Those of every race of the room, by its depth."""
        with self._rooms.now() as db:
            found: dict[int, dict[int, Errors]] = {}
            done = "SELECT depth, seed, errors FROM seeds WHERE code = ? AND errors NOT NULL ORDER BY depth, seed"
            for depth, seed, errors in db.execute(done, (code,)):
                plain, residual = json.loads(errors)
                found.setdefault(depth, {})[seed] = (plain, residual)
            return found

    def trained(self, code: str) -> list[int]:
        """The depths of the races of the room that have ended, or were stopped for another one."""
        newest = self.of(code)
        waits = newest.depth if newest and not newest.ended else None
        return [depth for depth in self.all_errors(code) if depth != waits]

    def races(self, code: str) -> list[SeedRace]:
        """Every race of the room of which something is trained."""
        newest = self.of(code)
        return [
            newest if newest and newest.depth == depth else SeedRace(depth, max(errors), False, (), errors)
            for depth, errors in self.all_errors(code).items()
        ]

    def seed_of(self, code: str, learner: str) -> tuple[int, bool]:
        """The learner's, in the order in which they have joined, from 1; and whether somebody before has it."""
        with self._rooms.now() as db:
            race = self._race(db, code)
            before = """SELECT count(*) FROM learners WHERE code = ?1 AND
                rowid < (SELECT rowid FROM learners WHERE code = ?1 AND learner = ?2)"""
            (place,) = db.execute(before, (code, hashed(learner))).fetchone()
            again, seed = divmod(place, race.seeds if race else SEEDS)
            return seed + 1, again > 0

    # --- for whoever trains: these raise nothing, as a room may be gone at any moment ---

    def take(self, code: str) -> tuple[int, int] | None:
        """The depth and the next seed that waits, which is now being trained; None where there is none."""
        with self._rooms.now() as db:
            race = self._race(db, code)
            if not race or not race.goes_on:
                return None
            taken = {*race.training, *race.errors}
            seed = next((seed for seed in range(1, race.seeds + 1) if seed not in taken), None)
            if seed is None:
                return None
            db.execute("INSERT INTO seeds VALUES (?, ?, ?, NULL)", (code, race.depth, seed))
            self._rooms.turn(code, "seeds")
            return race.depth, seed

    def wanted(self, code: str, depth: int, seed: int) -> bool:
        """Whether a seed that is being trained is to be trained on."""
        with self._rooms.now() as db:
            found = "SELECT count(*) FROM seeds WHERE code = ? AND depth = ? AND seed = ? AND errors IS NULL"
            return bool(db.execute(found, (code, depth, seed)).fetchone()[0])

    def finish(self, code: str, depth: int, seed: int, errors: Errors) -> None:
        with self._rooms.now() as db:
            done = "UPDATE seeds SET errors = ? WHERE code = ? AND depth = ? AND seed = ? AND errors IS NULL"
            if db.execute(done, (json.dumps(errors), code, depth, seed)).rowcount:
                self._rooms.turn(code, "seeds")
                if (race := self._race(db, code)) and race.ended:
                    self._halt(db, code)

    def give_up(self, code: str) -> None:
        """The race cannot be trained."""
        with self._rooms.now() as db:
            self._halt(db, code)

    # --- within a transaction ---

    def _race(self, db: sqlite3.Connection, code: str) -> SeedRace | None:
        found = db.execute("SELECT depth, seeds, goes_on FROM races WHERE code = ?", (code,)).fetchone()
        if not found:
            return None
        depth, seeds, goes_on = found
        of_race = "SELECT seed, errors FROM seeds WHERE code = ? AND depth = ? ORDER BY seed"
        rows = db.execute(of_race, (code, depth)).fetchall()
        training = tuple(seed for seed, errors in rows if errors is None)
        return SeedRace(depth, seeds, bool(goes_on), training, {s: tuple(json.loads(e)) for s, e in rows if e})

    def _halt(self, db: sqlite3.Connection, code: str) -> None:
        db.execute("UPDATE races SET goes_on = 0 WHERE code = ?", (code,))
        db.execute("DELETE FROM seeds WHERE code = ? AND errors IS NULL", (code,))
        if self._race(db, code):
            self._rooms.turn(code, "seeds")
