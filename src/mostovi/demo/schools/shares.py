"""Whole numbers in given proportions that add up exactly (largest remainders)."""

from collections.abc import Sequence


def share_out(total: int, weights: Sequence[float], *, at_least: int = 0) -> list[int]:
    """``total`` in proportion to ``weights``; each gets ``at_least`` beforehand. Ties go to the first."""
    rest = total - at_least * len(weights)
    if rest < 0:
        raise ValueError(f"{total} is too little to give {len(weights)} at least {at_least} each")
    whole = sum(weights)
    exact = [rest * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (shares[at] - exact[at], at))
    for at in by_remainder[: rest - sum(shares)]:
        shares[at] += 1
    return [at_least + share for share in shares]


def share_within(total: int, weights: Sequence[float], most: Sequence[int]) -> list[int]:
    """As ``share_out``, but nobody gets more than their ``most``; what is left over goes to the others."""
    if total > sum(most):
        raise ValueError(f"{total} is more than all may get")
    given = [0] * len(weights)
    while total > sum(given):
        open_places = [at for at in range(len(weights)) if given[at] < most[at]]
        more = share_out(total - sum(given), [weights[at] for at in open_places])
        for at, share in zip(open_places, more, strict=True):
            given[at] = min(most[at], given[at] + share)
    return given
