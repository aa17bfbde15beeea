"""python ask_dns.py SERVER NAME COUNT: asks for the address of NAME so often, one question after the other, and prints how many got no answer.

A program of its own, without imports of the tests: it is run in a pod's network namespace."""

import socket
import struct
import sys

SECONDS = 1.0  # an answer takes a millisecond


def question(number, name):
    """A DNS query for the name's IPv4 address: RFC 1035, section 4."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!HHHHHH", number & 0xFFFF, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, 1, 1)


def answered(server, query):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(SECONDS)
        asker.sendto(query, (server, 53))
        try:
            return asker.recv(512)[:2] == query[:2]
        except TimeoutError:
            return False


if __name__ == "__main__":
    SERVER, NAME, COUNT = sys.argv[1:]
    print(sum(not answered(SERVER, question(number, NAME)) for number in range(int(COUNT))))
