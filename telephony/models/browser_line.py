from django.conf import settings
from django.db import models


class BrowserLine(models.Model):
    """Who has a person's telephone in the browser: one tab of one session, for minutes at a time.

    The view `telephony_line_auth` (migration 0017) has it while it is valid, the shift at that extension is open and
    the session lives; the link keeps the PBX's AstDB like that view.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="browser_line"
    )
    extension = models.CharField(max_length=12)
    holder = models.CharField(max_length=32)  # the tab, as it names itself
    session_key = models.CharField(max_length=40)
    device = models.CharField(max_length=80, blank=True)  # as it is told to the person's other tabs
    ha1 = models.CharField(max_length=32)  # md5 of login, realm and a secret that nobody knows any more
    since = models.DateTimeField()  # this tab has it
    valid_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.login} of {self.person_id}"

    @property
    def login(self) -> str:
        return f"{self.extension}w"
