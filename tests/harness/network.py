"""Work in another network namespace. Only the thread that enters it is there."""

import ctypes
import os
import socket
from concurrent.futures import ThreadPoolExecutor

_CLONE_NEWNET = 0x40000000


def enter(namespace):
    """Moves this thread into the namespace of a file (/proc/PID/ns/net, /run/netns/NAME); other threads stay where they are."""
    handle = os.open(namespace, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(handle, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"the network namespace {namespace} cannot be entered")
    finally:
        os.close(handle)


def listen_in(namespace, address, port):
    """A socket that listens in the namespace, for the use of any thread."""
    with ThreadPoolExecutor(1, initializer=enter, initargs=(namespace,)) as inside:
        return inside.submit(socket.create_server, (address, port)).result(10)
