"""One connection of bench/soak: carries a plan out, or is killed on the way."""

import select
import socket
import time

PATIENCE = 60  # seconds of silence after which something hangs


class Broken(Exception):
    """The connection ended before its plan."""


class Wrong(Exception):
    """Gangway did something that it must not do."""


class Killed(Exception):
    """The client's own end, as planned."""


class Client:
    def __init__(self, path, budget=None, slow=False):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(path)
        self.socket.setblocking(False)
        self.budget = budget  # bytes both ways until it is killed
        self.slow = slow
        self.moved = 0
        self.poll = select.poll()

    def follow(self, plan):
        last = len(plan.steps) - 1
        for number, (sent, expected) in enumerate(plan.steps):
            self.step(sent, expected, plan.half_close and number == last)
        if plan.half_close or plan.ends:
            self.expect_end()

    def step(self, sent, expected, half_close):
        sent, expected = memoryview(sent), memoryview(expected)
        while sent or expected:
            events = select.POLLIN | (select.POLLOUT if sent else 0)
            ready = self.wait(events)
            if sent and ready & select.POLLOUT:
                sent = sent[self.send(sent):]
                if half_close and not sent:
                    self.socket.shutdown(socket.SHUT_WR)
            if ready & (select.POLLIN | select.POLLHUP | select.POLLERR):
                expected = expected[self.receive(expected):]

    def wait(self, events):
        if self.budget is not None and self.moved >= self.budget:
            raise Killed
        self.poll.register(self.socket, events)
        ready = self.poll.poll(PATIENCE * 1000)
        if not ready:
            raise Wrong(f"nothing has moved for {PATIENCE} s")
        return ready[0][1]

    def allowed(self, most):
        if self.slow:
            time.sleep(0.002)
            most = min(most, 5000)
        return most if self.budget is None else min(most, self.budget - self.moved)

    def send(self, left):
        try:
            count = self.socket.send(left[:self.allowed(len(left))])
        except BlockingIOError:
            return 0
        except OSError as error:
            raise Broken(f"send: {error}") from error
        self.moved += count
        return count

    def receive(self, expected):
        # One byte more than expected would be one too many.
        try:
            got = self.socket.recv(self.allowed(min(len(expected) + 1, 1 << 18)) or 1)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise Broken(f"receive: {error}") from error
        if not got:
            raise Broken("ended early")
        if got != expected[:len(got)]:
            raise Wrong(f"bytes differ from what the engine has sent: {got[:200]!r}")
        self.moved += len(got)
        return len(got)

    def expect_end(self):
        self.wait(select.POLLIN)
        try:
            more = self.socket.recv(100)
        except OSError as error:
            raise Broken(f"reset behind the last byte: {error}") from error
        if more:
            raise Wrong(f"bytes behind the last one: {more!r}")

    def die(self, how):
        if how == "half-close":
            # Everything that is still to come must come to an end.
            try:
                self.socket.shutdown(socket.SHUT_WR)
                self.budget = None
                while self.wait(select.POLLIN) and self.socket.recv(1 << 18):
                    pass
            except OSError:
                pass
        elif how == "stop reading":
            time.sleep(0.1)
        elif how == "shutdown":
            try:
                self.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.close()

    def close(self):
        self.socket.close()  # a reset, where bytes are left unread
