"""A person at the desk, in a real browser."""

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.pages import leave


class Desk:
    """Signed in. What goes wrong on the page, a refused script or style among it, is kept in `troubles`."""

    def __init__(self, chromium: Browser, url: str, username: str, password: str, cookies: Any = None) -> None:
        """`cookies`: of a session from before; as long as it is good, nobody signs in again."""
        self.context: BrowserContext = chromium.new_context(
            viewport={"width": 1440, "height": 900}, locale="en-GB", ignore_https_errors=True
        )
        self.context.add_cookies(cookies or [])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(8000)
        self.url = url
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda line: self._note(line.text))
        self.page.goto(url)
        if "/sign-in/" in self.page.url:
            self.page.get_by_label("Name").fill(username)
            self.page.get_by_label("Password").fill(password)
            self.page.get_by_role("button", name="Sign in").click()
            self.page.wait_for_url(lambda address: "/sign-in/" not in address)

    def _note(self, line: str) -> None:
        if "Content Security" in line:
            self.troubles.append(line)

    def start_shift(self, extension: str) -> None:
        if self.page.url != f"{self.url}/shift/":
            self.page.goto(f"{self.url}/shift/")
        self.page.locator(f"input[name=extension][value='{extension}']").check()
        self.page.get_by_role("button", name="Start the shift").click()
        expect(self.page.locator("#content[data-extension]")).to_have_attribute("data-extension", extension)

    def end_shift(self) -> None:
        self.page.goto(f"{self.url}/shift/")
        button = self.page.get_by_role("button", name="End the shift")
        if button.count():
            button.click()

    def close(self) -> None:
        leave(self.context)

    # --- what is seen -------------------------------------------------------------------------------------------

    @property
    def phone_book(self) -> Locator:
        return self.page.locator("[data-live=person] .person:not([data-absent])")

    @property
    def waiting(self) -> Locator:
        return self.page.locator("[data-waiting]")

    @property
    def cards(self) -> Locator:
        """Of those who wait, oldest first."""
        return self.page.locator("[data-live=call] .call[data-state=ringing]")

    def card(self, number: str) -> Locator:
        """Of the call from this number; the page writes it with blanks."""
        digits = r"\D*".join(number[-10:])
        return self.page.locator("[data-live=call] .call").filter(has_text=re.compile(digits))

    @property
    def pane(self) -> Locator:
        return self.page.locator("#pane")

    @property
    def orders(self) -> Locator:
        return self.page.locator("[data-live=order] tr[data-kind=order]")

    def order(self, pk: int) -> Locator:
        return self.page.locator(f"#order-{pk}")

    # --- what is done -------------------------------------------------------------------------------------------

    def pick(self, number: str) -> None:
        self.card(number).get_by_role("button", name="Answer").click()
