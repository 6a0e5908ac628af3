"""What every part of a running gateway shares."""

from dataclasses import dataclass

from mostovi.exchange.gateway.configuration import Configuration
from mostovi.exchange.gateway.events import Events
from mostovi.exchange.gateway.keys import Keys
from mostovi.exchange.gateway.log import Log
from mostovi.exchange.gateway.statistics import Statistics
from mostovi.exchange.gateway.trust import Trust
from mostovi.exchange.protocol.identifiers import MemberId


@dataclass(frozen=True)
class Gateway:
    configuration: Configuration
    keys: Keys
    trust: Trust
    log: Log
    statistics: Statistics
    events: Events

    @property
    def member(self) -> MemberId:
        return self.configuration.member
