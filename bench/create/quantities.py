"""Kubernetes' quantities as numbers."""

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
