"""The office of the demo town. Its clients, drivers and streets are those of the simulator, `telephony.sim.town`."""

from dataclasses import dataclass

from dispatch.staff.models import Role


@dataclass(frozen=True)
class Colleague:
    username: str
    last_name: str
    first_name: str
    role: Role
    extension: str = ""
    call_sign: str = ""


@dataclass(frozen=True)
class Telephone:
    number: str
    label: str


COLLEAGUES = (
    Colleague("vera", "Иванова", "Вера", Role.DISPATCHER, "101"),
    Colleague("boris", "Петров", "Борис", Role.DISPATCHER, "102"),
    Colleague("sofia", "Орлова", "София", Role.SUPERVISOR, "103"),
    Colleague("marina", "Котова", "Марина", Role.MANAGER),
    Colleague("anton", "Лебедев", "Антон", Role.ADMINISTRATOR),
    Colleague("driver17", "Соколов", "Иван", Role.DRIVER, call_sign="17"),
)

TELEPHONES = (
    Telephone("101", "у окна"),
    Telephone("102", "у двери"),
    Telephone("103", "старший смены"),
    Telephone("104", "запасной"),
)
