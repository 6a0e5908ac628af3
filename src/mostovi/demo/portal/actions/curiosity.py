"""An official in Banja Luka looks up Amra’s address without a case: refused, counted and logged."""

from dataclasses import dataclass

from mostovi.demo.population.cast import AMRA
from mostovi.exchange import public as exchange
from mostovi.kernel import people

OFFICE = "banja-luka-administration"
REGISTER = "tuzla-canton-interior"


@dataclass(frozen=True)
class Curiosity:
    """How it ended: ``error_type`` and ``message`` of the refusal, both empty had it been answered."""

    error_type: str
    message: str


def be_nosy() -> Curiosity:
    official = people.upsert_person(
        issuer="demonstration", subject="nosy-official", name="Službena osoba", offices={OFFICE: ["clerk"]}
    )
    try:
        exchange.ask_register(
            institution=OFFICE,
            provider=REGISTER,
            service="residence",
            subject_jmb=AMRA.number,
            fields=["address"],
            case=None,
            user=people.pseudonym_for(official.id, OFFICE),
        )
    except exchange.BridgeRefused as refusal:
        return Curiosity(refusal.error_type, refusal.message)
    return Curiosity("", "")
