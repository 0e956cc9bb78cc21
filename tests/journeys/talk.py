"""A conversation on the real PBX, from which the stories of hold, transfer and parking begin."""

from tests.rig.asterisk import TONES
from tests.rig.hearing import share_of
from tests.rig.office import Office
from tests.rig.phones import Call, Phone

KONSTANTIN = "79161234567"


class Talk:
    """Vera at 101 talks to Konstantin."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.vera = office.on_shift("101")
        self.call, self.client = office.rings(office.caller(), KONSTANTIN)
        self.at_vera = self.vera.incoming().answer()
        self.leg = office.ami.wait("AgentConnect", Uniqueid=self.client)["DestUniqueid"]
        for leg in (self.client, self.leg):
            office.ami.wait("BridgeEnter", Uniqueid=leg)
        self.mark = office.ami.mark()

    def consult(self, petrov: Phone) -> tuple[Call, str]:
        """Vera puts the client on hold and talks to Petrov; his call and his leg."""
        self.office.redirect(self.client, "desk-hold", self.leg, self.leg, "desk-consult", f"103-{self.client}")
        at_petrov = petrov.incoming().answer()
        second = self.office.ami.wait("DialEnd", since=self.mark, DialStatus="ANSWER")["DestUniqueid"]
        for leg in (second, self.leg):  # as the desk: whom she does not talk with yet is not connected
            self.office.ami.wait("BridgeEnter", since=self.mark, Uniqueid=leg)
        return at_petrov, second

    def recorded(self) -> list[set[str]]:
        """Who is heard in each segment of the ended call, in order."""
        segments = self.office.ami.since(0, "UserEvent", UserEvent="DeskRecord", Client=self.client)
        paths = [self.office.recorded(segment["File"]) for segment in segments]
        return [{name for name, tone in TONES.items() if share_of(path, tone) > 0.8} for path in paths]
