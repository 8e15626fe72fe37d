"""How many examples a costly law gets: a share of what the chosen profile gives to the others."""

from hypothesis import settings


def share(part):
    """Settings for this part of the profile's examples."""
    return settings(max_examples=round(part * settings().max_examples), deadline=None)


def drawn(thorough):
    """How many cases a loop of its own draws: all in the thorough profile, every fiftieth in the others."""
    return thorough if settings().max_examples >= settings.get_profile("thorough").max_examples else thorough // 50
