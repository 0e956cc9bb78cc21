"""A verb that cannot be done now says why to the person, in his language."""


class Refused(Exception):
    """`sentence` is translated and meant for the screen; views answer it with status 409."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
