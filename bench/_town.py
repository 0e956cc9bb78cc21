"""A town of orders of any size, written by the database itself within seconds: the same office, busy for longer.

The newest 300 orders are open, the others closed, 4 500 a day back from now. One client and one driver have one of
forty, so that their pages are full however few orders there are. Chance is seeded.
"""

from typing import Any

from django.db import connection, models
from django.utils import timezone

from dispatch.staff.models import Person
from orders.models import (
    Account,
    Client,
    ClientPhone,
    Driver,
    DriverPhone,
    Fleet,
    Order,
    Tariff,
    TariffVersion,
)
from places import folding
from places.models import Zone

A_DAY = 4_500
OPEN = 300
CLASSES = ("economy", "comfort", "business", "minivan")
DRIVERS, PEOPLE, ZONES, TARIFFS, ACCOUNTS = 500, 40, 30, 8, 50
STREETS = """
Ленина Мира Садовая Лесная Школьная Молодёжная Центральная Набережная Гагарина Пушкина Кирова Советская Заречная
Октябрьская Комсомольская Полевая Первомайская Победы Чкалова Горького Некрасова Чехова Толстого Маяковского
Вокзальная Заводская Парковая Солнечная Берёзовая Вишнёвая Дачная Речная Северная Южная Восточная Западная
Космонавтов Энергетиков Строителей Железнодорожная Рабочая Луговая Сосновая Кленовая Цветочная Звёздная
""".strip().replace("\n", " ").split(" ")  # fmt: skip
NAMES = """
Анна Олег Ирина Пётр Мария Сергей Ольга Дмитрий Елена Андрей Наталья Алексей Татьяна Иван Юлия Максим
""".strip().split(" ")  # fmt: skip
SURNAMES = """
Иванов Петров Сидоров Кузнецов Смирнов Попов Волков Соколов Лебедев Козлов Новиков Морозов Зайцев
""".strip().split(" ")  # fmt: skip


def build(orders: int, clients: int) -> None:
    """Into the empty, migrated database of the default connection."""
    _office()
    _clients(clients)
    indexes = _without_indexes(Order)
    _orders(orders, clients)
    with connection.cursor() as cursor:
        cursor.execute("set maintenance_work_mem = '512MB'")
        for index in indexes:
            cursor.execute(index)
        cursor.execute("vacuum analyze")


def _office() -> None:
    Person.objects.bulk_create(
        Person(username=f"d{n}", last_name=f"Dispatcher {n}", first_name="", roles=["dispatcher"], is_active=True)
        for n in range(PEOPLE)
    )
    drivers = Driver.objects.bulk_create(
        Driver(call_sign=str(n + 1), first_name="Иван", last_name="Соколов", on_shift=True) for n in range(DRIVERS)
    )
    DriverPhone.objects.bulk_create(
        DriverPhone(driver=driver, e164=f"+7903{n:07}", raw="", is_main=True) for n, driver in enumerate(drivers)
    )
    fleets = Fleet.objects.bulk_create(Fleet(name=f"Fleet {n}") for n in range(2))
    Zone.objects.bulk_create(Zone(name=f"Zone {n}", area={}, south=0, north=1, west=0, east=1) for n in range(ZONES))
    tariffs = Tariff.objects.bulk_create(
        Tariff(fleet=fleets[n % 2], name=f"Tariff {n}", service_class=CLASSES[n // 2]) for n in range(TARIFFS)
    )
    TariffVersion.objects.bulk_create(
        TariffVersion(tariff=tariff, valid_from=timezone.now(), currency="RUB", rates={}) for tariff in tariffs
    )
    Account.objects.bulk_create(Account(name=f"Company {n}", currency="RUB") for n in range(ACCOUNTS))


def _clients(number: int) -> None:
    names = ", ".join(f"'{name} {surname}'" for name in NAMES for surname in SURNAMES)
    _insert(
        Client,
        "generate_series(1, %s) i",
        number,
        name=f"(array[{names}])[1 + i %% {len(NAMES) * len(SURNAMES)}]",
        mark="case when i %% 100 = 7 then 'vip' when i %% 500 = 8 then 'blacklisted' else '' end",
        created_at="now() - (i %% 400) * interval '1 day'",
    )
    _insert(
        ClientPhone,
        "orders_client c",
        None,
        client_id="c.id",
        e164="'+79' || lpad(c.id::text, 9, '0')",
        raw="'8 9' || lpad(c.id::text, 9, '0')",
        is_main="true",
    )


def _orders(number: int, clients: int) -> None:
    streets = ", ".join(f"'{street}'" for street in STREETS)
    keys = ", ".join(f"'{folding.key(street)}'" for street in STREETS)
    names = ", ".join(f"'{folding.key(f'{name} {surname}')}'" for name in NAMES for surname in SURNAMES)
    street = f"1 + floor(random() * {len(STREETS)})::int"
    source = (
        "(select i, %s - i as age, random() as a, random() as b, random() as c, random() as d, random() as e,"  # noqa: S608
        f" case when i %% 40 = 3 then 4321 else 1 + floor(random() * {clients})::bigint end as client,"
        f" {street} as street, {street} as other, 1 + floor(random() * 120)::int as house,"
        f" now() - (%s - i) * interval '{86400 / A_DAY:.3f} seconds' as at from generate_series(1, %s) i) r"
    )
    with connection.cursor() as cursor:
        cursor.execute("select setseed(0.17)")
    is_open, first = f"age < {OPEN}", Person.objects.order_by("pk").values_list("pk", flat=True)[0]
    _insert(
        Order,
        source,
        (number, number, number),
        state=f"case when {is_open} then (array['searching', 'offered', 'assigned', 'en_route', 'arrived', 'on_board', "
        "'scheduled', 'searching', 'on_board', 'scheduled'])[1 + age %% 10] when a < 0.88 then 'completed' "
        "when a < 0.96 then 'cancelled' when a < 0.98 then 'no_show' else 'unfulfilled' end",
        state_since="at + interval '2 minutes'",
        client_id="client",
        driver_id=f"case when {is_open} and age %% 10 in (0, 6, 7, 9) then null when {is_open} then 1 + age "
        f"when i %% 40 = 5 then 17 when a > 0.98 then null else 1 + floor(b * {DRIVERS})::bigint end",
        phone="'+79' || lpad(client::text, 9, '0')",
        phone_raw="''",
        pickup=f"(array[{streets}])[street] || ', ' || house",
        destination=f"(array[{streets}])[other] || ', 1'",
        pickup_at=f"case when {is_open} and age %% 10 in (6, 9) then now() + age * interval '5 minutes' "
        "when b < 0.15 then at + interval '20 minutes' end",
        search_key=f"' 79' || lpad(client::text, 9, '0') || ' ' || (array[{keys}])[street] || ' ' || house || ' ' || "
        f"(array[{keys}])[other] || ' 1 ' || (array[{names}])[1 + client %% {len(NAMES) * len(SURNAMES)}] || ' '",
        fleet_id="case when c < 0.7 then 1 else 2 end",
        zone_id=f"1 + floor(d * d * {ZONES})::bigint",
        tariff_version_id=f"1 + floor(e * e * {TARIFFS})::bigint",
        service_class="case when e < 0.7 then 'economy' when e < 0.9 then 'comfort' when e < 0.95 then 'business' "
        "else 'minivan' end",
        payment="case when c < 0.08 then 'account' when c < 0.3 then 'card' else 'cash' end",
        account_id=f"case when c < 0.08 then 1 + floor(a * {ACCOUNTS})::bigint end",
        price="round((150 + 900 * d * d)::numeric, 0)",
        currency="'RUB'",
        channel="case when b < 0.8 then 'phone' when b < 0.9 then 'api' when b < 0.98 then 'desk' else 'recurring' end",
        problem=f"case when {is_open} and age %% 25 = 3 then 'wrong address' else '' end",
        created_at="at",
        created_by_id=f"{first} + floor(a * b * {PEOPLE})::bigint",
    )


def _insert(model: type[models.Model], source: str, values: Any, **columns: str) -> None:
    """`columns`: column → SQL expression; the others get the model's own defaults."""
    written = dict(columns)
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if not (column in written or field.primary_key or field.null or getattr(field, "generated", False)):
            written[column] = _default(field)
    names = ", ".join(f'"{name}"' for name in written)
    table = model._meta.db_table
    values = values if isinstance(values, tuple) else None if values is None else (values,)
    statement = f"insert into {table} ({names}) select {', '.join(written.values())} from {source}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement if values is not None else statement.replace("%%", "%"), values)


def _default(field: models.Field) -> str:  # type: ignore[type-arg]
    value = field.get_default()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | dict):
        return "'{}'" if field.get_internal_type() == "ArrayField" else "'[]'" if isinstance(value, list) else "'{}'"
    if isinstance(field, models.DateTimeField):
        return "now()"
    return f"'{value or ''}'"


def _without_indexes(model: type[models.Model]) -> list[str]:
    """Drop the indexes that hold no constraint; returns how they are made again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.relname, pg_get_indexdef(x.indexrelid) from pg_index x join pg_class i on i.oid = x.indexrelid "
            "where x.indrelid = %s::regclass and not x.indisunique",
            [model._meta.db_table],
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f'drop index "{name}"')
    return [definition for _name, definition in found]
