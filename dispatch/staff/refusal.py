"""A verb that cannot be done now says why to the person, in his language."""

from django.http import HttpResponse


class Refused(Exception):
    """`sentence` is translated and meant for the screen; views answer it with status 409."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def say(sentence: str) -> HttpResponse:
    """The sentence and nothing else; the page stays as it is, with all that was typed."""
    return HttpResponse(sentence, status=409, content_type="text/plain; charset=utf-8")
