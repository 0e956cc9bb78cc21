"""Events of orders reach another system: signed, in order, once more when it failed, and never an inner address."""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from dispatch.api import sealing
from dispatch.api.hooks import backoff, line, message, sending, signing
from dispatch.api.models import Delivery, DeliveryState, Failure, KeptAnswer, Subscription, Token
from dispatch.api.services import tokens, webhooks
from dispatch.api.tasks import forget_old_messages, send_webhooks, tell_of_stopped
from dispatch.audit.models import Entry
from dispatch.embedded import process
from orders.services import contact, lifecycle, marks
from tests.orders.conftest import ANNA, placed
from tests.places.engine import Engine, drips, hangs, running, says

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M14", "X6")]


class Shop:
    """A receiver on the loopback. `heard`: the messages whose signature is good."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.url, self.secret = engine, f"{engine.url}/hook?shop=1", ""
        self.heard: list[dict] = []
        self.forged = 0
        self.status = 200
        engine.answer = self.listen

    def listen(self, handler) -> None:
        body = self.engine.questions[-1][2]
        told = {name.title(): value for name, value in handler.headers.items()}
        if self.status < 300 and signing.is_ours(self.secret, told, body, int(time.time())):
            self.heard.append({**json.loads(body), "header": told[signing.ID]})
        elif self.status < 300:
            self.forged += 1
        says({}, self.status)(handler)

    @property
    def types(self) -> list[str]:
        return [message["type"].removeprefix("order.") for message in self.heard]


@pytest.fixture
def shop(settings, admin) -> Iterator[Shop]:
    settings.WEBHOOK_LOOPBACK = True
    with running() as engine:
        shop = Shop(engine)
        made, shop.secret = webhooks.subscribe(url=shop.url, kinds=[], whole_numbers=False, actor=admin)
        shop.pk = made.pk
        yield shop


def later(**how: float) -> None:
    """So much time goes by."""
    past = timedelta(**how)
    for row in Subscription.objects.all():
        for name in ("next_at", "failing_since", "sender_until"):
            if getattr(row, name):
                setattr(row, name, getattr(row, name) - past)
        row.save()
    for row in Delivery.objects.all():
        row.due_at, row.created_at = row.due_at - past, row.created_at - past
        row.gives_up_at = row.gives_up_at and row.gives_up_at - past
        row.save()


def test_the_shop_hears_of_an_order_in_its_order_and_checks_the_signature(shop, anna, by_vera):
    order = placed(anna, by_vera)
    contact.note(order_id=order.pk, kind="client_asked", actor=by_vera)
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="передумал")
    assert sending.send(shop.pk) == 3
    assert (shop.types, shop.forged) == (["place", "client_asked", "cancel"], 0)
    last = shop.heard[-1]
    assert (last["event"]["reason"], last["order"]["id"], last["order"]["state"]) == (
        "передумал",
        order.pk,
        "cancelled",
    )
    assert last["id"] == last["header"] == str(Delivery.objects.get(event__transition="cancel").uid)
    assert len({message["id"] for message in shop.heard}) == 3
    assert shop.engine.questions[0][:2] == ("POST", "/hook?shop=1")
    assert ANNA not in json.dumps(shop.heard), "numbers are masked"
    assert sending.send(shop.pk) == 0


def test_whole_numbers_are_for_those_who_are_to_have_them(shop, anna, by_vera, admin):
    webhooks.change(subscription_id=shop.pk, whole_numbers=True, actor=admin)
    placed(anna, by_vera)
    sending.send(shop.pk)
    assert shop.heard[0]["order"]["phone"] == ANNA


def test_only_the_events_that_were_asked_for(shop, order, by_vera, admin):
    sending.send(shop.pk)
    webhooks.change(subscription_id=shop.pk, kinds=["cancel", "problem"], actor=admin)
    contact.note(order_id=order.pk, kind="client_asked", actor=by_vera)
    marks.raise_problem(order_id=order.pk, problem="вещи", actor=by_vera)
    webhooks.change(subscription_id=shop.pk, is_active=False, actor=admin)
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    webhooks.change(subscription_id=shop.pk, is_active=True, actor=admin)
    assert sending.send(shop.pk) == 1
    assert shop.types[-1] == "problem"


def test_what_was_rolled_back_is_told_to_nobody(shop, anna, by_vera):
    with suppress(ZeroDivisionError), transaction.atomic():
        placed(anna, by_vera)
        raise ZeroDivisionError
    assert not Delivery.objects.exists()


def test_an_event_costs_one_statement_however_many_listen(shop, order, by_vera, admin, django_assert_num_queries):
    from orders.models import OrderEvent

    for n in range(5):
        webhooks.subscribe(url=f"{shop.url}&n={n}", kinds=[], whole_numbers=False, actor=admin)
    with django_assert_num_queries(2):
        OrderEvent.objects.create(order=order, at=timezone.now(), transition="edit", actor_kind="system")
    assert Delivery.objects.filter(event__transition="edit").count() == 6


def test_while_the_shop_is_down_messages_wait_and_then_all_arrive(shop, order, anna, by_vera):
    shop.status = 503
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    other = placed(anna, by_vera, pickup="Тверская, 1")
    assert sending.send(shop.pk) == 0
    assert len(shop.engine.questions) == 1, "who is down is not asked for each message"
    found = Subscription.objects.get()
    assert (found.failures, found.failing_since is not None) == (1, True)
    assert found.next_at > timezone.now()
    assert sending.ready(timezone.now()) == []
    for failures in range(2, 5):
        later(hours=1)
        sending.send(shop.pk)
        assert Subscription.objects.get().failures == failures
    shop.status = 200
    later(hours=2)
    assert sending.send(shop.pk) == 3
    assert [(m["type"], m["order"]["id"]) for m in shop.heard if m["order"]["id"] == order.pk] == [
        ("order.place", order.pk), ("order.cancel", order.pk),
    ]  # fmt: skip
    assert other.pk in {message["order"]["id"] for message in shop.heard}
    found.refresh_from_db()
    assert (found.failures, found.failing_since) == (0, None)


def test_a_message_that_the_shop_refuses_holds_up_its_order_and_no_other(shop, order, anna, by_vera):
    lifecycle.move(order_id=order.pk, name="cancel", actor=by_vera, reason="x")
    other = placed(anna, by_vera, pickup="Тверская, 1")

    def picky(handler):
        shop.status = 422 if json.loads(shop.engine.questions[-1][2])["order"]["id"] == order.pk else 200
        shop.listen(handler)

    shop.engine.answer = picky
    assert sending.send(shop.pk) == 1
    assert [message["order"]["id"] for message in shop.heard] == [other.pk]
    stuck, behind = Delivery.objects.filter(order=order).order_by("pk")
    assert (stuck.failure, stuck.status, stuck.attempts, behind.attempts) == (Failure.STATUS, 422, 1, 0)
    later(hours=25)
    sending.send(shop.pk)
    stuck.refresh_from_db()
    assert stuck.state == DeliveryState.GIVEN_UP
    shop.engine.answer = shop.listen
    shop.status = 200
    later(hours=1)
    assert sending.send(shop.pk) == 1
    webhooks.send_again(delivery_id=stuck.pk, subscription_id=shop.pk)
    assert sending.send(shop.pk) == 1
    assert shop.heard[-1]["id"] == str(stuck.uid)


def test_a_message_over_which_the_shop_stumbles_holds_up_no_other_order(shop, order, anna, by_vera):
    other = placed(anna, by_vera, pickup="Тверская, 1")

    def stumbles(handler):
        shop.status = 500 if json.loads(shop.engine.questions[-1][2])["order"]["id"] == order.pk else 200
        shop.listen(handler)

    shop.engine.answer = stumbles
    assert sending.send(shop.pk) == 0
    later(seconds=7)
    assert sending.send(shop.pk) == 1
    assert [message["order"]["id"] for message in shop.heard] == [other.pk]


def test_a_message_that_we_cannot_write_holds_up_no_other_order(shop, order, anna, by_vera, monkeypatch, caplog):
    other, body = placed(anna, by_vera, pickup="Тверская, 1"), message.body

    def breaks(delivery):
        if delivery.order_id == order.pk:
            raise ZeroDivisionError
        return body(delivery)

    monkeypatch.setattr(message, "body", breaks)
    assert sending.send(shop.pk) == 1
    assert shop.heard[0]["order"]["id"] == other.pk
    assert Delivery.objects.get(order=order).failure == Failure.OURS
    assert "could not be written" in caplog.text


def test_who_fails_for_days_is_stopped_said_so_and_started_again(shop, order, admin, client):
    shop.status = 500
    sending.send(shop.pk)
    later(hours=73)
    sending.send(shop.pk)
    assert Subscription.objects.get().stopped_at
    assert Entry.objects.get(verb="webhook.stopped").details["url"] == shop.url
    later(hours=5)
    assert sending.ready(timezone.now()) == []
    client.force_login(admin)
    assert "stopped" in client.get("/systems/webhooks/").content.decode()
    shop.status = 200
    webhooks.send_again(delivery_id=Delivery.objects.get().pk, subscription_id=shop.pk)
    client.post(f"/systems/webhooks/{shop.pk}/start/")
    assert sending.send(shop.pk) == 1


@pytest.fixture
def stopped(shop, order):
    shop.status = 500
    sending.send(shop.pk)
    later(hours=73)
    sending.send(shop.pk)
    return Subscription.objects.get()


def test_administrators_see_on_every_page_that_one_was_stopped_and_nobody_else(stopped, admin, vera, client):
    client.force_login(admin)
    for page in ("/staff/", "/systems/", "/journal/"):
        assert "Stopped webhooks: 1" in client.get(page, follow=True).content.decode(), page
    webhooks.start_again(subscription_id=stopped.pk, actor=admin)
    assert "Stopped webhooks" not in client.get("/systems/").content.decode()
    Subscription.objects.update(stopped_at=timezone.now())
    client.force_login(vera)
    assert "Stopped webhooks" not in client.get("/orders/").content.decode()


def test_administrators_are_written_to_once_for_each_stop(stopped, admin, settings, mailoutbox):
    assert (tell_of_stopped(), mailoutbox) == (0, []), "nobody is named"
    settings.ALARM_MAIL_TO, settings.LANGUAGE_CODE = ["it@taxi.example"], "pl"
    assert (tell_of_stopped(), tell_of_stopped()) == (1, 0)
    (mail,) = mailoutbox
    assert mail.to == ["it@taxi.example"]
    assert mail.subject == f"Webhook został zatrzymany: {stopped.url}"
    assert stopped.url in mail.body
    webhooks.start_again(subscription_id=stopped.pk, actor=admin)
    assert tell_of_stopped() == 0
    Subscription.objects.update(stopped_at=timezone.now())
    assert (tell_of_stopped(), len(mailoutbox)) == (1, 2)


def test_a_mail_that_could_not_leave_is_sent_later(stopped, settings, mailoutbox, monkeypatch, caplog):
    settings.ALARM_MAIL_TO = ["it@taxi.example"]

    def away(*_what, **_how):
        raise ConnectionRefusedError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr("dispatch.api.hooks.alarms.send_mail", away)
        assert tell_of_stopped() == 0
    assert "no mail server" in caplog.text
    assert (tell_of_stopped(), len(mailoutbox)) == (1, 1)


def test_a_sender_that_dies_in_between_is_followed_by_another_and_nothing_is_lost(shop, order, monkeypatch):
    """It was killed after the shop had the message, and before that was written down."""

    class Killed(BaseException):
        pass

    def dies(*_said):
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(sending, "_write_down", dies)
        with pytest.raises(Killed):
            sending.send(shop.pk)
    assert sending.send(shop.pk) == 0, "its lease holds"
    assert sending.ready(timezone.now()) == []
    later(seconds=16)
    assert sending.ready(timezone.now()) == [shop.pk]
    assert sending.send(shop.pk) == 1
    first, second = shop.heard
    assert first["id"] == second["id"], "by its id the shop knows that it had it"
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


ALONE = """
import os, django
django.setup()
from dispatch.api.hooks import sending
sending.send(int(os.environ["SUBSCRIPTION"]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_killed_while_the_shop_reads_and_the_message_comes_once_more(shop, order):
    has_it, respond = threading.Event(), shop.listen

    def slowly(handler):
        shop.heard.append(json.loads(shop.engine.questions[-1][2]))
        has_it.set()
        shop.engine.over.wait(20)

    shop.engine.answer = slowly
    database = connection.settings_dict
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    env = {**os.environ, "DATABASE_URL": url, "SUBSCRIPTION": str(shop.pk), "WEBHOOK_LOOPBACK": "true",
           "DJANGO_SETTINGS_MODULE": "dispatch.settings", "SECRET_KEY": settings.SECRET_KEY}  # fmt: skip
    worker = process.start([sys.executable, "-c", ALONE], env=env, cwd=ROOT)
    assert has_it.wait(30)
    worker.kill()
    worker.wait(10)
    shop.engine.answer = respond
    assert sending.send(shop.pk) == 0, "the dead worker's lease holds"
    later(seconds=16)
    assert sending.send(shop.pk) == 1
    assert [message["id"] for message in shop.heard] == [str(Delivery.objects.get().uid)] * 2


def test_two_senders_at_once_are_one(shop, order, monkeypatch):
    attempt = sending._attempt

    def meanwhile(delivery):
        assert sending.send(shop.pk) == 0
        return attempt(delivery)

    monkeypatch.setattr(sending, "_attempt", meanwhile)
    assert sending.send(shop.pk) == 1
    assert len(shop.heard) == 1


def test_whose_lease_was_taken_over_writes_nothing_down(shop, order, monkeypatch):
    attempt = sending._attempt

    def slow(delivery):
        outcome = attempt(delivery)
        later(seconds=20)
        Subscription.objects.update(sender="00000000-0000-0000-0000-000000000001")
        return outcome

    monkeypatch.setattr(sending, "_attempt", slow)
    assert sending.send(shop.pk) == 0
    assert Delivery.objects.get().state == DeliveryState.WAITING


def test_so_many_are_served_at_once_and_who_waited_longest_is_next(shop, order, admin, settings):
    settings.WEBHOOK_AT_ONCE = 2
    for n in range(3):
        made, _secret = webhooks.subscribe(url=f"{shop.url}&n={n}", kinds=[], whole_numbers=False, actor=admin)
        webhooks.try_out(subscription_id=made.pk)
    Subscription.objects.filter(pk=shop.pk).update(sender_until=timezone.now() - timedelta(seconds=1))
    first = sending.ready(timezone.now())
    assert len(first) == 2
    assert shop.pk not in first, "whose turn never came is first"
    Subscription.objects.filter(pk=first[0]).update(sender_until=timezone.now() + timedelta(seconds=9))
    assert len(sending.ready(timezone.now())) == 1


@pytest.mark.parametrize("answer", [hangs, drips])
def test_who_does_not_answer_in_time_has_not_answered(shop, order, settings, answer):
    settings.WEBHOOK_SECONDS = 0.4
    shop.engine.answer = answer(shop.engine) if answer is hangs else _dripping_head(shop.engine)
    began = time.monotonic()
    sending.send(shop.pk)
    assert time.monotonic() - began < 3
    assert Delivery.objects.get().failure == Failure.SLOW


def _dripping_head(engine):
    def respond(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not engine.over.wait(0.05):
            handler.wfile.write(b"X-More: and more\r\n"[:1])
            handler.wfile.flush()

    return respond


def test_a_redirect_leads_nowhere(shop, order):
    def elsewhere(handler):
        handler.send_response(302)
        handler.send_header("Location", shop.engine.url)
        handler.end_headers()

    shop.engine.answer = elsewhere
    sending.send(shop.pk)
    assert len(shop.engine.questions) == 1
    assert (Delivery.objects.get().failure, Delivery.objects.get().status) == (Failure.STATUS, 302)


def test_who_is_not_there_and_who_speaks_no_tls(shop, order, admin):
    webhooks.change(subscription_id=shop.pk, url="http://127.0.0.1:9/", actor=admin)
    sending.send(shop.pk)
    assert Delivery.objects.get().failure == Failure.UNREACHABLE
    webhooks.change(subscription_id=shop.pk, url=shop.engine.url.replace("http:", "https:"), actor=admin)
    sending.send(shop.pk)
    assert Delivery.objects.get().failure == Failure.TLS


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/", "ftp://shop.example/", "https://user:word@shop.example/", "https:///x", "https://[x/",
        "https://shop.example/#part", "https://shop.example/ x", "https://магазин.example/", "file:///etc/passwd",
        "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.5/", "https://192.168.1.1/", "https://169.254.169.254/",
        "https://[fe80::1]/", "https://[fc00::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/", "https://0.0.0.0/", "https://100.64.0.1/", "https://224.0.0.1/", "https://x.example:99999/",
        "https://shop.example/" + "x" * 500,
    ],
)  # fmt: skip
def test_an_inner_address_is_no_address(url, admin, settings):
    with pytest.raises(line.Forbidden):
        line.checked(url, loopback=False)


@pytest.mark.parametrize(
    "found", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::ffff:192.168.0.1"], ["169.254.169.254"], ["fd00::1"]]
)
def test_a_name_that_leads_inside_is_not_followed(found, monkeypatch):
    def resolve(_host, port, **_how):
        return [(2, 1, 6, "", (address, port)) for address in found]

    def dials(*_where, **_how):
        raise AssertionError("it was connected to")

    monkeypatch.setattr("dispatch.api.hooks.line.socket.getaddrinfo", resolve)
    monkeypatch.setattr("dispatch.api.hooks.line.socket.create_connection", dials)
    with pytest.raises(line.Forbidden):
        line.post("https://shop.example/", b"{}", {}, seconds=1, loopback=False)


def test_a_name_service_that_does_not_answer_holds_nobody_up(monkeypatch):
    woken = threading.Event()

    def sleeps(*_where, **_how):
        woken.wait(30)
        raise OSError

    monkeypatch.setattr("dispatch.api.hooks.line.socket.getaddrinfo", sleeps)
    began = time.monotonic()
    with pytest.raises(line.TooSlow):
        line.post("https://shop.example/", b"{}", {}, seconds=0.2, loopback=False)
    assert time.monotonic() - began < 5
    woken.set()


def test_what_was_looked_at_is_what_is_connected_to(monkeypatch):
    """The second answer of a name service that changes its mind is never asked for."""
    asked, dialled = [], []

    def resolve(host, port, **_how):
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.216.34", port))]

    def dials(where, **_how):
        dialled.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr("dispatch.api.hooks.line.socket.getaddrinfo", resolve)
    monkeypatch.setattr("dispatch.api.hooks.line.socket.create_connection", dials)
    with pytest.raises(ConnectionRefusedError):
        line.post("https://shop.example/", b"{}", {}, seconds=1, loopback=False)
    assert (asked, dialled) == (["shop.example"], [("93.184.216.34", 443)])


def test_a_signature_is_of_this_message_at_this_time():
    secret, body = signing.new_secret(), b'{"a": 1}'
    told = signing.headers(secret, "id-1", 1000, body)
    assert signing.is_ours(secret, told, body, 1000)
    assert signing.is_ours(secret, told, body, 1299)
    assert not signing.is_ours(secret, told, body, 1301), "somebody plays it again"
    assert not signing.is_ours(secret, told, b'{"a": 2}', 1000)
    assert not signing.is_ours(signing.new_secret(), told, body, 1000)
    assert not signing.is_ours(secret, {**told, signing.ID: "id-2"}, body, 1000)
    assert not signing.is_ours(secret, {}, body, 1000)


def test_the_signature_is_the_one_of_the_standard():
    """Its published example."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    told = signing.headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert told[signing.SIGNATURE] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_pause_grows_to_an_hour_and_not_all_come_back_together():
    assert [backoff.pause(n, 0.5).total_seconds() for n in (1, 2, 3, 11, 99)] == [5, 10, 20, 3600, 3600]
    assert (backoff.pause(1, 0).total_seconds(), backoff.pause(1, 1).total_seconds()) == (4, 6)


def test_a_secret_is_sealed_and_a_key_that_is_gone_says_so(shop, order, settings):
    kept = Subscription.objects.get().secret
    assert shop.secret not in kept
    assert sealing.unseal(kept) == shop.secret
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "y" * 60, [old]
    assert sealing.unseal(kept) == shop.secret
    settings.SECRET_KEY_FALLBACKS = []
    sending.send(shop.pk)
    assert (Delivery.objects.get().failure, shop.heard) == (Failure.SEAL, [])


def test_the_timetable_hands_out_what_is_due_and_forgets_what_is_old(shop, order, monkeypatch):
    handed = []
    monkeypatch.setattr("dispatch.api.tasks.send_to.apply_async", lambda args, **_how: handed.append(args))
    assert send_webhooks() == 1
    assert handed == [(shop.pk,)]
    assert forget_old_messages() == 0
    later(days=8)
    assert forget_old_messages() == 1


def test_the_administrator_sees_what_became_of_the_messages_and_sends_one_again(shop, order, admin, client):
    client.force_login(admin)
    shop.status = 410
    sending.send(shop.pk)
    later(hours=25)
    sending.send(shop.pk)
    page = client.get(f"/systems/webhooks/{shop.pk}/?state=given_up").content.decode()
    assert "Order taken" in page
    assert "answered with an error" in page
    shop.status = 200
    answer = client.post(f"/systems/webhooks/messages/{Delivery.objects.get().pk}/again/")
    assert answer.status_code == 302
    client.post(f"/systems/webhooks/{shop.pk}/trial/")
    later(hours=1)
    assert sending.send(shop.pk) == 2
    assert shop.types == ["place", "ping"]
    assert client.get(f"/systems/webhooks/{shop.pk}/?after=1&state=nonsense").status_code == 200
    assert client.post(f"/systems/webhooks/{shop.pk}/remove/").status_code == 302
    assert not Delivery.objects.exists()


def test_the_administrator_adds_changes_and_renews(admin, client, settings):
    client.force_login(admin)
    page = client.post("/systems/webhooks/new/", {"url": "https://10.0.0.1/", "is_active": "on"})
    assert page.status_code == 422
    page = client.post("/systems/webhooks/new/", {"url": "https://shop.example/", "kinds": ["cancel"]})
    assert page.status_code == 201
    secret = page.context["secret"]
    assert (secret in page.content.decode(), secret.startswith("whsec_")) == (True, True)
    made = Subscription.objects.get()
    assert (made.kinds, made.is_active, made.person) == (["cancel"], True, None)
    path = f"/systems/webhooks/{made.pk}/"
    assert secret not in client.get(path).content.decode()
    assert client.post(path, {"url": "http://shop.example/"}).status_code == 422
    assert client.post(path, {"url": "https://shop.example/2", "is_active": "on"}).status_code == 302
    made.refresh_from_db()
    assert (made.url, made.kinds) == ("https://shop.example/2", [])
    assert client.post(f"{path}secret/").context["secret"] != secret
    said = list(Entry.objects.filter(verb__startswith="webhook").order_by("id").values_list("verb", flat=True))
    assert said == ["webhook.added", "webhook.changed", "webhook.secret_renewed"]


def test_a_system_keeps_its_own_webhooks_and_knows_no_others(site, system, shop):
    assert site.get("webhooks/")[1] == []
    status, made = site.post("webhooks/", {"url": shop.url, "kinds": ["cancel"]}, key="W")
    assert (status, made["secret"].startswith("whsec_")) == (201, True)
    assert site.post("webhooks/", {"url": shop.url, "kinds": ["cancel"]}, key="W")[1] == made
    assert made["secret"] not in KeptAnswer.objects.get().body, "what is kept is sealed"
    path = f"webhooks/{made['id']}/"
    assert "secret" not in site.get(path)[1]
    assert site.patch(path, {"kinds": []})[1]["kinds"] == []
    assert site.post("webhooks/", {"url": "https://127.0.0.1.example/", "kinds": ["nonsense"]})[0] == 422
    assert site.post("webhooks/", {"url": "ftp://shop.example/"})[0] == 409
    assert site.post(f"{path}secret/")[1]["secret"] != made["secret"]
    _status, trial = site.post(f"{path}trial/")
    assert (trial["event"], trial["state"]) == ("ping", "waiting")
    sending.send(made["id"])
    (row,) = site.get(f"{path}deliveries/")[1]["deliveries"]
    assert (row["state"], row["attempts"]) == ("delivered", 1)
    assert site.get(f"{path}deliveries/", state="waiting")[1]["deliveries"] == []
    assert site.post(f"{path}deliveries/{row['id']}/again/")[1]["state"] == "waiting"
    assert site.post(f"{path}start/")[0] == 200
    for ask in (site, system(name="Robot")):
        other = shop.pk if ask is site else made["id"]
        assert ask.get(f"webhooks/{other}/")[0] == 404
        assert ask.patch(f"webhooks/{other}/", {"url": shop.url})[0] == 404
        assert ask.post(f"webhooks/{other}/deliveries/{row['id']}/again/")[0] == 404
        assert ask.delete(f"webhooks/{other}/")[0] == 404
    assert site.delete(path)[0] == 204
    assert site.get(path)[0] == 404


def test_who_may_not_read_does_not_hear_either(system, shop):
    manager = system("webhooks:manage")
    assert manager.post("webhooks/", {"url": shop.url})[0] == 403
    reader = system("webhooks:manage", "orders:read", name="Robot")
    assert reader.post("webhooks/", {"url": shop.url, "whole_numbers": True})[0] == 403
    assert reader.post("webhooks/", {"url": shop.url})[0] == 201


def test_a_system_whose_last_token_was_taken_back_hears_nothing_any_more(site, system, shop, admin):
    _status, made = site.post("webhooks/", {"url": shop.url})
    second = system()
    first = Token.objects.order_by("pk").first()
    tokens.revoke(token_id=first.pk, actor=admin)
    assert second.get(f"webhooks/{made['id']}/")[1]["is_active"] is True
    tokens.revoke(token_id=Token.objects.order_by("-pk").first().pk, actor=admin)
    assert not Subscription.objects.get(pk=made["id"]).is_active
    assert Subscription.objects.get(pk=shop.pk).is_active, "the administrator's own goes on"
