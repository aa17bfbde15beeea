"""python ask_dns.py SERVER NAME: asks for the address of NAME, one question after the other, until its standard input ends or five got no answer.
Prints how many it asked, and how many of them got none.

A program of its own, without imports of the tests: it is run in a pod's network namespace."""

import select
import socket
import struct
import sys

SECONDS = 4.0  # an answer takes a millisecond; resolvers ask again after five seconds
ENOUGH = 5


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
    SERVER, NAME = sys.argv[1:]
    ASKED = LOST = 0
    while LOST < ENOUGH and not select.select([sys.stdin], [], [], 0)[0]:
        ASKED += 1
        LOST += not answered(SERVER, question(ASKED, NAME))
    print(ASKED, LOST)
