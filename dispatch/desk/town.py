"""The invented town that a newcomer meets: who works there, who drives, who calls, and from where to where."""

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


@dataclass(frozen=True)
class Cab:
    call_sign: str
    last_name: str
    first_name: str
    vehicle: str
    plate: str
    phones: tuple[str, ...]  # E.164
    on_shift: bool = True


@dataclass(frozen=True)
class Caller:
    name: str
    phones: tuple[str, ...]  # E.164; one number may belong to two clients
    mark: str = ""
    mark_reason: str = ""
    notes: str = ""


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

CABS = (
    Cab("3", "Гусев", "Олег", "Kia Rio, белый", "А301МР77", ("+79031110003",)),
    Cab("5", "Комаров", "Сергей", "Skoda Rapid, серый", "В512ТА77", ("+79031110005",)),
    Cab("8", "Абдуллаев", "Рустам", "Hyundai Solaris, жёлтый", "Е808КК77", ("+79031110008", "+79160000808")),
    Cab("11", "Воробьёв", "Пётр", "Lada Vesta, синий", "К111ОР77", ("+79031110011",)),
    Cab("12", "Синицын", "Андрей", "Kia Ceed, чёрный", "М120НН77", ("+79031110012",)),
    Cab("17", "Соколов", "Иван", "Skoda Octavia, белый", "О170СС77", ("+79031112233", "+79160001717")),
    Cab("21", "Чайкина", "Елена", "Renault Logan, жёлтый", "Р210ВВ77", ("+79031110021",)),
    Cab("25", "Оганян", "Армен", "Toyota Camry, чёрный", "С250АА77", ("+79031110025",)),
    Cab("33", "Журавлёв", "Николай", "Volkswagen Polo, серый", "Т333ЕЕ77", ("+79031110033",)),
    Cab("40", "Лебедев", "Максим", "Ford Focus, синий", "У400ХХ77", ("+79031110040",), on_shift=False),
)

CALLERS = (
    Caller("Анна Сидорова", ("+79161234567",), notes="Домофон не работает, звонить."),
    Caller("Дмитрий Крылов", ("+79162223344", "+74956667788")),
    Caller("Мария Егорова", ("+79163334455",), mark="vip", notes="Просит тихую машину."),
    Caller("Ольга Ветрова", ("+74951112233",)),
    Caller("Павел Ветров", ("+74951112233", "+79264445566")),
    Caller("Гостиница «Заря»", ("+74957778899",), mark="vip", notes="Счёт раз в месяц."),
    Caller("Игорь Мельник", ("+79265556677",)),
    Caller("Светлана Рыбакова", ("+79266667788",)),
    Caller("Тимур Ахметов", ("+79267778899",)),
    Caller("Зоя Павловна", ("+74959990011",), notes="Плохо слышит, говорить громче."),
    Caller("Константин Зуев", ("+79268889900",), mark="blacklisted", mark_reason="Трижды не вышел к машине."),
    Caller("Наталья Белова", ("+79269990011",)),
)

ADDRESSES = (
    "Тверская улица, 12",
    "Ленинградский вокзал",
    "улица Арбат, 24",
    "Комсомольский проспект, 7",
    "Новослободская улица, 3",
    "Шереметьево, терминал B",
    "Профсоюзная улица, 56",
    "улица Покровка, 31",
    "Большая Ордынка, 40",
    "проспект Мира, 119",
    "Кутузовский проспект, 18",
    "Киевский вокзал",
    "Таганская площадь, 5",
    "улица Вавилова, 9",
    "Дмитровское шоссе, 81",
    "городская больница № 1",
)
