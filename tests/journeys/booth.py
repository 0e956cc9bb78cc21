"""A person whose only telephone is her browser: the page in its frame, and the bar of the phone beneath."""

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.journeys.desk import Desk
from tests.journeys.street import RealStreet
from tests.journeys.web_phone import HEAR, VOICE


class Booth:
    def __init__(self, desk: Desk, page: Page, street: RealStreet) -> None:
        self.desk, self.page, self.street = desk, page, street

    @classmethod
    def set_up(cls, desk: Desk, street: RealStreet, *, tone: int) -> "Booth":
        """Turned on, and not on shift yet. `tone`: her voice."""
        desk.context.add_init_script(f"({VOICE})({tone})")
        desk.page.goto(f"{desk.url}/phone/")
        desk.page.get_by_role("button", name="Use this browser as my telephone").click()
        booth = cls(desk, desk.page, street)
        expect(booth.bar).to_contain_text("not on shift", timeout=20_000)
        return booth

    @property
    def inside(self) -> FrameLocator:
        return self.page.frame_locator("iframe[name=page]")

    @property
    def bar(self) -> Locator:
        return self.page.locator("#phone")

    @property
    def screen(self) -> Locator:
        return self.page.locator(".phone-screen")

    @property
    def talk(self) -> Locator:
        return self.bar.locator(".phone-talk")

    @property
    def seconds(self) -> int:
        """How long she has been talking, as the bar says it."""
        minutes, seconds = self.talk.locator("[data-timer]").inner_text().split(":")
        return int(minutes) * 60 + int(seconds)

    def names(self, who: str) -> None:
        expect(self.talk.locator("[data-name]")).to_have_text(who)

    def press(self, key: str) -> None:
        """On the page, not in a field of it."""
        self.inside.locator("body").evaluate("document.activeElement.blur()")
        self.page.keyboard.press(key)

    def hears(self, tones: list[int]) -> list[int]:
        return self.page.evaluate(HEAR, tones)

    def start_shift(self, extension: str) -> None:
        self.page.goto(f"{self.desk.url}/shift/")
        self.inside.locator(f"input[name=extension][value='{extension}']").check()
        self.inside.get_by_role("button", name="Start the shift").click()
        expect(self.bar).to_contain_text("registered", timeout=20_000)
        self.street.await_ready(f"{extension}w")

    def dial(self, number: str) -> None:
        self.bar.locator("summary", has_text="Dial").click()
        self.bar.get_by_label("Number").fill(number)
        self.page.keyboard.press("Enter")
