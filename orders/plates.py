"""Number plates of cars. No Django."""


def plate(written: str) -> str:
    """As it is kept: "а 123  вс" is "А 123 ВС"."""
    return " ".join(written.upper().split())
