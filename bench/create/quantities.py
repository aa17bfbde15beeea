"""Kubernetes' quantities and schedules as numbers."""

_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def mebibytes(quantity):
    """"400Mi" -> 400.0"""
    for suffix, factor in {**_BINARY, **_DECIMAL}.items():
        if quantity.endswith(suffix):
            return float(quantity.removesuffix(suffix)) * factor / 2**20
    return float(quantity) / 2**20


def cores(quantity):
    """"250m" -> 0.25"""
    return float(quantity.removesuffix("m")) / 1000 if quantity.endswith("m") else float(quantity)


def runs_a_minute(schedule):
    """"*/5 * * * *" -> 0.2, on the days on which it runs."""
    minutes, hours, *_days = schedule.split()
    return len(_matches(minutes, 59)) * len(_matches(hours, 23)) / (24 * 60)


def _matches(field, most):
    """The numbers from 0 on that a field of a schedule stands for: "3-59/5", "*/5", "*", "1,31"."""
    found = set()
    for part in field.split(","):
        numbers, _, step = part.partition("/")
        first, _, last = ("0-" if numbers == "*" else numbers).partition("-")
        found.update(range(int(first), int(last or (most if step or numbers == "*" else first)) + 1, int(step or 1)))
    return found
