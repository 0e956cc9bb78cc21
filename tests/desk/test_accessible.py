"""What axe finds on every page of the product: in light and dark, from the left and from the right, nothing serious.

The pages are those of the table of who may do what: a new address is looked at as soon as it has its line there.
"""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from dispatch.staff.models import Person, Role
from tests.desk.office import ring
from tests.house.test_access import OWN, OWN_HIDDEN, ROLES, SERVED, TABLE, World, made_in
from tests.live.web import Web
from tests.pages import leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.feature("X5")]

WHO = (Role.DISPATCHER, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR, Role.DRIVER)  # the first who may, looks
MAIN = ("/desk/", "/orders/intake/", "/orders/", "/orders/<int:pk>/", "/driver/", "/calls/", "/reports/", "/profile/",
        "/clients/<int:pk>/", "/recurring/", "/tariffs/<int:pk>/", "/staff/", "/journal/")  # fmt: skip
SHARES = 3  # of all pages: each has its own patience
SCREEN = {"width": 1366, "height": 768}
RUN = """async (only) => {
  if (!document.adoptedStyleSheets.length) {
    const still = new CSSStyleSheet(); // no colour on its way from day to night
    still.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; }");
    document.adoptedStyleSheets = [still];
  }
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame); // what has just changed is drawn
  const options = only ? { runOnly: [only] } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options });
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => `${id} at ${target}: ${[...any, ...all, ...none][0]?.message}`));
}"""


class Eye:
    """One who looks at pages; what axe has against them comes into `complaints`."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        context.add_init_script(AXE_SCRIPT)
        self.page, self.home = context.new_page(), home
        self.complaints: list[str] = []

    def look_at(self, path: str) -> Page | None:
        """None: it is no page, but a fragment or a file."""
        try:
            self.page.goto(self.home + path)
        except Error:  # a file, or nothing to show
            return None
        if not self.page.evaluate("document.doctype"):
            return None
        self.judge()
        return self.page

    def judge(self, only: str = "") -> None:
        path = self.page.url.removeprefix(self.home)
        self.complaints += [f"{path} {only} {each}" for each in self.page.evaluate(RUN, only)]


@pytest.fixture
def world(transactional_db, settings, tmp_path) -> World:
    settings.RECORDINGS_DIR = tmp_path
    return made_in(tmp_path)


@pytest.fixture
def eyes(chromium: Browser, web: Web, world: World) -> Iterator[dict[Role | None, Eye]]:
    """Of one of each role, and of nobody (None)."""
    contexts = {role: chromium.new_context(viewport=SCREEN) for role in (None, *WHO)}
    home = f"http://127.0.0.1:{web.port}"
    for role in WHO:
        cookie = {"name": "sessionid", "value": world.sessions[role], "url": home}
        contexts[role].add_cookies([cookie])
    yield {role: Eye(context, home) for role, context in contexts.items()}
    for context in contexts.values():
        leave(context)


def pages(world: World) -> Iterator[tuple[str, str, Role]]:
    """Route, address, and who looks."""
    for line in TABLE:
        for role in WHO:
            cell = line.reading[ROLES.index(role)]
            own, another = world.own.get((line.kind, role)), world.others.get(line.kind)
            if cell in (SERVED, OWN, OWN_HIDDEN):
                yield f"/{line.route}", line.path(another if cell == SERVED else own), role
                break


def nothing_serious(eyes: dict[Role | None, Eye]) -> None:
    complaints = [f"{role or 'nobody'}: {each}" for role, eye in eyes.items() for each in eye.complaints]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_by_day_and_by_night(eyes, world, share):
    seen = 0
    whole = [("/sign-in/", None), *((path, role) for _route, path, role in pages(world))]
    for path, who in whole[share::SHARES]:
        if page := eyes[who].look_at(path):
            seen += 1
            page.emulate_media(color_scheme="dark")
            eyes[who].judge("color-contrast")
            page.emulate_media(color_scheme="light")
    assert seen > 70 / SHARES
    nothing_serious(eyes)


def test_the_pages_of_every_day_from_the_right(eyes, world):
    Person.objects.update(language="ar")
    for eye in eyes.values():
        eye.page.emulate_media(color_scheme="dark")
    for route, path, role in pages(world):
        if route in MAIN:
            page = eyes[role].look_at(path)
            assert page.evaluate("document.documentElement.dir") == "rtl"
    nothing_serious(eyes)


def test_the_desk_with_a_caller_a_form_and_a_conversation(eyes, world):
    vera = eyes[Role.DISPATCHER]
    desk = vera.look_at("/desk/")
    ring("+79161110001", at=["102"])
    expect(desk.locator(".call")).to_have_count(2)
    desk.keyboard.press("Insert")
    expect(desk.locator("#pane [name=pickup]")).to_be_visible()
    expect(desk.locator(".htmx-request")).to_have_count(0)
    vera.judge()
    desk.locator(".orders th a").first.click()
    expect(desk.locator("#pane article.order")).to_be_visible()
    expect(desk.locator(".htmx-request")).to_have_count(0)
    vera.judge()
    desk.keyboard.press("?")
    vera.judge()
    nothing_serious(eyes)
