"""The arch that grows from both banks: left the person's answers, right what registers answered."""

from dataclasses import dataclass

from mostovi.front.drawing.arches import Cut, Ring, course, mirrored, right_bank, voussoir

RING = Ring(x=80, y=84.3, inner=67.2, outer=81.6)
SPRINGING, KEY, JOINT = 59.2, 5.4, 2.1
KEYSTONE = Cut(-3.6, 3.6, rise=4.9)


@dataclass(frozen=True)
class Progress:
    """How far an application has come. ``current`` counts questions from 1; 0 means none is open."""

    facts_total: int
    facts_done: int
    questions_total: int
    questions_done: int
    current: int = 0
    sent: bool = False


@dataclass(frozen=True)
class ProgressArch:
    """Path data by what the stones mean."""

    answered_by_registers: str
    answered_by_person: str
    being_answered: str
    open: str
    keystone: str
    sent: bool


def draw_progress(progress: Progress) -> ProgressArch:
    right = right_bank(progress.facts_total, springing=SPRINGING, key=KEY, joint=JOINT)
    left = list(mirrored(right_bank(progress.questions_total, springing=SPRINGING, key=KEY, joint=JOINT)))
    current = [cut for number, cut in enumerate(left, 1) if number == progress.current]
    done = [cut for cut in left[: progress.questions_done] if cut not in current]
    waiting = [cut for cut in left if cut not in done and cut not in current]
    return ProgressArch(
        answered_by_registers=course(RING, right[: progress.facts_done]),
        answered_by_person=course(RING, done),
        being_answered=course(RING, current),
        open=course(RING, [*right[progress.facts_done :], *waiting]),
        keystone=voussoir(RING, KEYSTONE),
        sent=progress.sent,
    )
