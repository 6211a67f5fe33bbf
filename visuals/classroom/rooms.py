"""The rooms of a class: who is in, what is asked, and what was guessed. In a file, so a restart loses nothing.

No names and no accounts: a learner is a random number that their own browser has made, of which only a hash is kept.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

ROOMS, LEARNERS, ROUNDS = 8, 100, 60  # at most: of the server, of a room, of a room
HOURS = 3  # after which a room is gone
DESERTED = 600  # seconds after which a room that nobody has joined makes room for another
LETTERS = "BCDFHJKMNPRSTVWXYZ"  # none looks like another, and without vowels they make no word
CODE = re.compile(f"[{LETTERS}]{{4}}")
LEARNER = re.compile("[0-9a-f]{32}")
TRIES, TRIES_A_SECOND = 40, 1  # wrong codes, of everybody together: a thousand at once are as good as these few
BETWEEN = 0.5  # seconds between two guesses of a learner
LATELY = 15  # seconds within which a learner's page, which asks every two, was heard of where it is still open
PHASES = ("lobby", "ask", "closed", "reveal", "seeds")  # of a question one behind the other; "seeds" (seeds.py) is none

TABLES = """
CREATE TABLE IF NOT EXISTS rooms (
    code TEXT PRIMARY KEY, secret TEXT NOT NULL, opened REAL NOT NULL, phase TEXT NOT NULL DEFAULT 'lobby',
    round INTEGER NOT NULL DEFAULT 0, news INTEGER NOT NULL DEFAULT 1, moved INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS learners (
    code TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, learner TEXT NOT NULL, PRIMARY KEY (code, learner));
CREATE TABLE IF NOT EXISTS rounds (
    code TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, round INTEGER NOT NULL, question TEXT NOT NULL,
    PRIMARY KEY (code, round));
CREATE TABLE IF NOT EXISTS guesses (
    code TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, round INTEGER NOT NULL, learner TEXT NOT NULL,
    answer TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (code, round, learner));
CREATE TABLE IF NOT EXISTS places (code TEXT PRIMARY KEY REFERENCES rooms ON DELETE CASCADE, place TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS races (
    code TEXT PRIMARY KEY REFERENCES rooms ON DELETE CASCADE, depth INTEGER NOT NULL, seeds INTEGER NOT NULL,
    goes_on INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seeds (
    code TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, depth INTEGER NOT NULL, seed INTEGER NOT NULL,
    errors TEXT, PRIMARY KEY (code, depth, seed));
"""
ROOM = """SELECT code, phase, round, news, moved, question,
    (SELECT count(*) FROM learners WHERE learners.code = rooms.code) AS joined, place
    FROM rooms LEFT JOIN rounds USING (code, round) LEFT JOIN places USING (code) WHERE code = ?"""

Answer = dict[str, Any]


class NoRoom(Exception):
    """There is no such room, or it is not theirs."""


class Wait(Exception):
    """Too much at once."""


class NotNow(Exception):
    """The room is not in the phase for this, or has no place."""


@dataclass(frozen=True)
class Room:
    """`news` counts all changes; `moved` is the newest that a learner sees. `question` is a key.

    `place` is where the teacher is on the whole page, since it was sent and until something is asked.
    """

    code: str
    phase: str
    round: int
    news: int
    moved: int
    question: str | None
    joined: int
    place: str | None


class Rooms:
    """All rooms of a server. Every method may raise NoRoom, Wait or NotNow, with a sentence."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time):
        self._db = sqlite3.connect(folder / "rooms.sqlite", check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;")
        self._db.executescript(f"PRAGMA foreign_keys = ON;{TABLES}")
        self._clock, self._lock = clock, Lock()
        self._seen: dict[tuple[str, str], float] = {}  # when each learner of a room was last heard of
        self._tries, self._tried = float(TRIES), clock()

    def open(self) -> tuple[str, str]:
        """A new room: its code, and the secret of the browser that leads it."""
        with self.now() as db:
            if self._count("SELECT count(*) FROM rooms") >= ROOMS:
                self._give_up_a_deserted_one()
            code = next(code for code in _codes() if not self._count("SELECT count(*) FROM rooms WHERE code = ?", code))
            secret = secrets.token_urlsafe(16)
            db.execute(
                "INSERT INTO rooms (code, secret, opened) VALUES (?, ?, ?)", (code, hashed(secret), self._clock())
            )
            return code, secret

    def end(self, code: str, secret: str) -> None:
        """Nothing of the room is left."""
        with self.now() as db:
            self.must_lead(code, secret)
            db.execute("DELETE FROM rooms WHERE code = ?", (code,))

    def join(self, code: str, learner: str) -> None:
        """Who is in already stays in."""
        with self.now() as db:
            if not self._in(code, learner):
                self._may_try()
                if not self._count("SELECT count(*) FROM rooms WHERE code = ?", code):
                    self._tries -= 1
                    raise NoRoom("There is no room with this code. Compare it with the one on the projector.")
                if self._count("SELECT count(*) FROM learners WHERE code = ?", code) >= LEARNERS:
                    raise NotNow(f"This room is full: it has {LEARNERS} learners.")
                db.execute("INSERT INTO learners VALUES (?, ?)", (code, hashed(learner)))
                db.execute("UPDATE rooms SET news = news + 1 WHERE code = ?", (code,))
            self._hear_of(code, learner)

    def joined(self, code: str, learner: str) -> Room:
        """The room of a learner who is in it."""
        with self.now():
            self.must_be_in(code, learner)
            self._hear_of(code, learner)
            return self.room(code)

    def led(self, code: str, secret: str) -> Room:
        with self.now():
            self.must_lead(code, secret)
            return self.room(code)

    def ask(self, code: str, secret: str, question: str, round: int) -> None:
        """A round behind the last one; where it is there already nothing happens. `question` is a key."""
        with self.now() as db:
            self.must_lead(code, secret)
            if round != self.room(code).round + 1:
                return
            if self._count("SELECT count(*) FROM races WHERE code = ? AND goes_on", code):
                raise NotNow("Seeds are being trained. Stop them first.")
            if round > ROUNDS:
                raise NotNow(f"This room has asked {ROUNDS} questions. Open another one.")
            db.execute("UPDATE rooms SET round = round + 1 WHERE code = ?", (code,))
            db.execute("INSERT INTO rounds SELECT code, round, ? FROM rooms WHERE code = ?", (question, code))
            db.execute("DELETE FROM places WHERE code = ?", (code,))
            self.turn(code, "ask")

    def take_back(self, code: str, secret: str) -> None:
        """What is asked is asked no longer, and its guesses are gone. What is revealed stays."""
        with self.now() as db:
            self.must_lead(code, secret)
            room = self.room(code)
            if room.phase not in ("ask", "closed"):
                raise NotNow("No question is open.")
            for table in ("rounds", "guesses"):
                db.execute(f"DELETE FROM {table} WHERE code = ? AND round = ?", (code, room.round))
            self.turn(code, "lobby")

    def move(self, code: str, secret: str, phase: str) -> None:
        """From a phase to the one behind it; where it is there already nothing happens."""
        with self.now() as db:
            self.must_lead(code, secret)
            now = PHASES.index(self.room(code).phase)
            if phase not in PHASES[2:4] or PHASES.index(phase) not in (now, now + 1):
                raise NotNow("The room is not that far.")
            if PHASES[now] != phase:
                db.execute("DELETE FROM places WHERE code = ?", (code,))  # until the teacher leads on
                self.turn(code, phase)

    def send(self, code: str, secret: str, place: str) -> None:
        """Everybody in the room hears where the teacher is."""
        with self.now() as db:
            self.must_lead(code, secret)
            db.execute("INSERT OR REPLACE INTO places VALUES (?, ?)", (code, place))
            self.turn(code, self.room(code).phase)

    def guess(self, code: str, learner: str, round: int, answer: Answer) -> None:
        """A learner's newest guess counts, as long as it is asked for."""
        with self.now() as db:
            self.must_be_in(code, learner)
            room, now = self.room(code), self._clock()
            if room.phase != "ask" or room.round != round:
                raise NotNow("The question is closed.")
            key = (code, round, hashed(learner))
            of_learner = "SELECT count(*) FROM guesses WHERE code = ? AND round = ? AND learner = ? AND at > ?"
            if self._count(of_learner, *key, now - BETWEEN):
                raise Wait("One guess at a time.")
            db.execute("INSERT OR REPLACE INTO guesses VALUES (?, ?, ?, ?, ?)", (*key, json.dumps(answer), now))
            db.execute("UPDATE rooms SET news = news + 1 WHERE code = ?", (code,))

    def present(self, room: Room) -> int:
        """How many learners were heard of lately, or have guessed in the newest round."""
        with self.now() as db:
            lately = self._clock() - LATELY
            self._seen = {who: at for who, at in self._seen.items() if at > lately}
            of_round = "SELECT learner FROM guesses WHERE code = ? AND round = ?"
            guessed = {learner for (learner,) in db.execute(of_round, (room.code, room.round))}
            return len(guessed | {learner for code, learner in self._seen if code == room.code})

    def guesses(self, room: Room, round: int | None = None) -> list[Answer]:
        """All guesses of a round, else of the newest, in no order that tells whose they are."""
        with self.now() as db:
            found = db.execute(
                "SELECT answer FROM guesses WHERE code = ? AND round = ? ORDER BY answer",
                (room.code, round or room.round),
            )
            return [json.loads(answer) for (answer,) in found]

    def guesses_by(self, room: Room, round: int) -> list[tuple[int, Answer]]:
        """All guesses of a round, each with its learner's number: the same in all rounds, and telling nothing."""
        with self.now() as db:
            learners = db.execute("SELECT learner FROM learners WHERE code = ? ORDER BY learner", (room.code,))
            numbers = {learner: number for number, (learner,) in enumerate(learners, start=1)}
            of_round = "SELECT learner, answer FROM guesses WHERE code = ? AND round = ? ORDER BY learner"
            found = db.execute(of_round, (room.code, round))
            return [(numbers[learner], json.loads(answer)) for learner, answer in found]

    def guess_of(self, room: Room, learner: str) -> Answer | None:
        """A learner's own guess in the newest round."""
        with self.now() as db:
            own = "SELECT answer FROM guesses WHERE code = ? AND round = ? AND learner = ?"
            found = db.execute(own, (room.code, room.round, hashed(learner))).fetchone()
            return found and json.loads(found["answer"])

    def asked(self, room: Room) -> Mapping[int, str]:
        """The key of each round's question."""
        with self.now() as db:
            found = db.execute("SELECT round, question FROM rounds WHERE code = ? ORDER BY round", (room.code,))
            return {row["round"]: row["question"] for row in found}

    # --- within a transaction ---

    @contextmanager
    def now(self) -> Iterator[sqlite3.Connection]:
        """A transaction, in which no room is older than it may be."""
        with self._lock, self._db:
            gone = self._clock() - HOURS * 3600
            if self._count("SELECT count(*) FROM rooms WHERE opened < ?", gone):
                self._db.execute("DELETE FROM rooms WHERE opened < ?", (gone,))
            yield self._db

    def _count(self, query: str, *values: Any) -> int:
        return self._db.execute(query, values).fetchone()[0]

    def room(self, code: str) -> Room:
        return Room(**self._db.execute(ROOM, (code,)).fetchone())

    def _in(self, code: str, learner: str) -> bool:
        return bool(self._count("SELECT count(*) FROM learners WHERE code = ? AND learner = ?", code, hashed(learner)))

    def _hear_of(self, code: str, learner: str) -> None:
        self._seen[code, hashed(learner)] = self._clock()

    def must_be_in(self, code: str, learner: str) -> None:
        """The same whether there is such a room or not, so this tells nobody a code."""
        if not self._in(code, learner):
            raise NoRoom("This room has closed.")

    def must_lead(self, code: str, secret: str) -> None:
        if not self._count("SELECT count(*) FROM rooms WHERE code = ? AND secret = ?", code, hashed(secret)):
            raise NoRoom("This room has closed, or another browser leads it.")

    def turn(self, code: str, phase: str) -> None:
        turn = "UPDATE rooms SET phase = ?, news = news + 1, moved = news + 1 WHERE code = ?"
        self._db.execute(turn, (phase, code))

    def _give_up_a_deserted_one(self) -> None:
        deserted = "SELECT code FROM rooms WHERE opened < ? AND code NOT IN (SELECT code FROM learners) ORDER BY opened"
        found = self._db.execute(deserted, (self._clock() - DESERTED,)).fetchone()
        if not found:
            raise NotNow(f"All {ROOMS} rooms are taken. Each is gone {HOURS} hours after it was opened.")
        self._db.execute("DELETE FROM rooms WHERE code = ?", (found["code"],))

    def _may_try(self) -> None:
        """Raises Wait, also for the right code, where too many have tried wrong ones."""
        now = self._clock()
        self._tries = min(TRIES, self._tries + (now - self._tried) * TRIES_A_SECOND)
        self._tried = now
        if self._tries < 1:
            raise Wait("Many wrong codes are being tried. Please wait a moment.")


def _codes() -> Iterator[str]:
    while True:
        yield "".join(secrets.choice(LETTERS) for _ in range(4))


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
