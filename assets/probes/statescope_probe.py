"""Shows the state of a running agent in Statescope, in two lines:

    import statescope_probe
    statescope_probe.attach(agent, name="agent:friday")

`agent` is a StateModule of AgentScope, or any object with `state_dict()` and `load_state_dict(state)`. Switch probes on in
Statescope, copy what it shows into the environment variable STATESCOPE_PROBE, and start the program. Without that variable,
and while Statescope is not there, nothing happens.

One file, standard library only, Python 3.9 or later. The protocol is described in docs/PROBE.md.

What it does to your program. Assignments to registered attributes are seen by a subclass that takes the place of the
object's class (`isinstance`, `__class__`, copying and pickling are as before; `type(agent)` is the subclass); each costs about a
microsecond. What is changed in place (`agent.memory.append(...)`) is found by comparing `state_dict()` every `interval` seconds, or
less often where that would take more than a twentieth of the time. Everything else happens on one daemon thread, with a
queue that is bounded: what does not fit is dropped, counted and told. Nothing here ever waits for the network on your
threads, and nothing raises into your code; what went wrong is logged to the logger "statescope_probe".
"""

import atexit
import collections
import http.client
import itertools
import json
import logging
import os
import selectors
import sys
import threading
import time
import weakref
from urllib.parse import urlsplit

__all__ = ["Probe", "attach"]

PROTOCOL = 1
ENVIRONMENT = "STATESCOPE_PROBE"

_log = logging.getLogger("statescope_probe")

#: Seconds between two looks at the queue and at commands.
_TICK = 0.05
#: At most this share of the time goes into comparing states.
_SAMPLING_SHARE = 0.05
_BATCH_LINES = 1000
_BATCH_CHARS = 1 << 20
_TIMEOUT = 10.0
_POLL_SECONDS = 25
_FIRST_BACKOFF = 0.2
_LAST_BACKOFF = 15.0
#: After this long without Statescope nothing is kept for it any more.
_GRACE = 5.0
#: How long the end of the program may wait for what is queued.
_EXIT_SECONDS = 1.0
#: An old value that is longer is left out: Statescope knows it.
_OLD_CHARS = 1 << 18
#: More differences within one attribute are sent as the attribute's new value.
_MAX_DIFFERENCES = 500
_MAX_DIFF_DEPTH = 100
_REASON_CHARS = 2000
#: A state that cannot be read so often in a row is not just being changed.
_FAILURES = 3
_NAME_CHARS = 256


def attach(
    module,
    name,
    *,
    address=None,
    token=None,
    interval=0.25,
    queue=20_000,
    load="immediate",
    program=None,
):
    """Shows `module` in Statescope until the program ends, `detach()` is called, or the module is garbage.

    name      how it is called there; `kind:id`, such as "agent:friday", puts it under that key
    address   "http://127.0.0.1:PORT#TOKEN"; default: the environment variable STATESCOPE_PROBE
    token     if it is not in the address
    interval  seconds between two comparisons of the state, for what is changed in place; None: never compare
    queue     how many assignments may wait to be sent
    load      "immediate": Statescope's load command runs on the probe's thread, holding `probe.lock`.
              "poll": it runs where you call `probe.poll()`, which is safe for agents that must not change in mid-step
    program   the name of the program; default: its file's name

    `queue` and `program` count for the first module of an address. Returns a Probe, also when there is nothing to attach to.
    """
    probe = Probe(module, str(name)[:_NAME_CHARS], interval, load)
    try:
        target = _target(address, token)
        if target is None:
            return probe
        if not callable(getattr(module, "state_dict", None)):
            raise TypeError("%s has no state_dict()" % type(module).__name__)
        _client_of(target, queue, program).add(probe)
    except Exception as error:  # The agent must run whatever becomes of its inspector.
        _log.warning("%s is not attached: %s", name, error)
    return probe


class Probe:
    """One attached module."""

    def __init__(self, module, name, interval, load):
        self.name = name
        #: Held while the state is read or loaded. Hold it yourself around changes that belong together.
        self.lock = threading.RLock()
        self._interval = interval
        self._polled = load == "poll"
        self._loads = collections.deque()
        self._client = None
        self._root = _Watched(self, (), module)
        #: Look at the state without waiting for the interval.
        self._stale = False
        #: No look before this moment: the last one failed, or took long.
        self._not_before = 0.0
        #: How often in a row the state could not be read, and why.
        self._failures = 0
        self._failure = ""
        #: Send the whole state.
        self._whole = True
        #: The whole state is the beginning of a recording: what is queued came before it.
        self._fresh = True
        self._next_sample = 0.0

    @property
    def stats(self):
        """{"connected", "sent", "dropped", "queued"} of the program's connection."""
        client = self._client
        if client is None:
            return {"connected": False, "sent": 0, "dropped": 0, "queued": 0}
        return client.stats()

    def poll(self):
        """With load="poll": does what Statescope asked for meanwhile, here and now. Costs nothing when there is nothing."""
        while self._loads:
            command = self._loads.popleft()
            client = self._client
            if client is not None:
                client.answers.append((command["id"], self._load(command), ()))

    def flush(self, timeout=5.0):
        """Waits until everything so far has arrived. True if it has. For ends of programs and for tests."""
        client = self._client
        return client is not None and client.flush(timeout)

    def detach(self):
        """Ends it. The object gets its own class back."""
        client = self._client
        if client is not None:
            client.remove(self)

    def _load(self, command):
        """What went wrong as text, None if nothing did."""
        module = self._root.object()
        if module is None:
            return "the module is gone"
        try:
            with self.lock:
                module.load_state_dict(command["state"])
            return None
        except Exception as error:
            return ("%s: %s" % (type(error).__name__, error))[:_REASON_CHARS]
        finally:
            self._urge()

    def _urge(self):
        """Somebody waits for the next look."""
        self._stale, self._not_before = True, 0.0


class _Watched:
    """What is known of one module: the root of a probe, or one nested in it."""

    def __init__(self, probe, prefix, module):
        self.probe = probe
        self.prefix = prefix
        try:
            self.object = weakref.ref(module)
        except TypeError:
            self.object = lambda: module
        self.client = None
        self.order = []
        #: JSON text of each attribute as it was told last.
        self.texts = {}
        #: The attribute's value of which that is the text.
        self.values = {}
        #: Values that were there without an assignment having been seen.
        self.unexplained = {}
        #: Attributes that `state_dict` gives as they are: an assignment tells all there is.
        self.direct = frozenset()
        self.nested = {}
        #: Without a hook, every difference is found by comparing.
        self.hooked = False

    def assigned(self, name, value):
        """On the agent's own thread, after each assignment."""
        client = self.client
        if client is None or not client.live:
            return
        if name in self.direct:
            queue = client.queue
            if len(queue) < client.capacity:
                queue.append((self, name, value, time.time_ns()))
            else:
                next(client.overflow)
                client.overflowed = True
        elif name in self.texts or name in self.nested or callable(_attribute(value, "state_dict")):
            self.probe._stale = True

    def text(self):
        """The module's state as JSON text, put together from what is known."""
        parts = []
        for key in self.order:
            child = self.nested.get(key)
            text = self.texts.get(key) if child is None else child.text()
            if text is not None:
                parts.append(_encode(key) + ":" + text)
        return "{" + ",".join(parts) + "}"

    def forget(self):
        self.texts, self.values, self.unexplained, self.direct = {}, {}, {}, frozenset()
        for child in self.nested.values():
            child.release()
        self.nested = {}

    def release(self):
        _unhook(self)
        for child in self.nested.values():
            child.release()


# --- Hooks: seeing assignments ---

#: By id of the object, which the probe does not keep alive: an entry goes with its object.
_watched_by_id = {}
_hooked_classes = weakref.WeakKeyDictionary()
_set_class = object.__dict__["__class__"].__set__


def _hook(watched):
    """Puts a subclass that sees assignments in the place of the object's class, where that is possible."""
    module = watched.object()
    key = id(module)
    if module is None or key in _watched_by_id:
        return
    cls = type(module)
    # A class that wants to hear of its subclasses could do anything with one more.
    heard = getattr(cls.__init_subclass__, "__func__", None)
    if heard is not None and heard.__module__ not in ("abc", "typing"):
        return
    try:
        _set_class(module, _hooked_class(cls))
    except Exception as error:
        _log.debug("assignments to %s are found by comparing: %s", cls.__name__, error)
        return
    _watched_by_id[key] = watched
    if isinstance(watched.object, weakref.ref):
        weakref.finalize(module, _watched_by_id.pop, key, None).atexit = False
    watched.hooked = True


def _unhook(watched):
    module = watched.object()
    watched.client = None
    if module is None or _watched_by_id.get(id(module)) is not watched:
        return
    del _watched_by_id[id(module)]
    watched.hooked = False
    try:
        _set_class(module, type(module).__mro__[1])
    except Exception as error:
        _log.debug("%s keeps the probe's class: %s", type(module).__name__, error)


def _hooked_class(cls):
    made = _hooked_classes.get(cls)
    if made is not None:
        return made
    watched_by_id = _watched_by_id

    def __setattr__(self, name, value):
        super(hooked, self).__setattr__(name, value)
        watched = watched_by_id.get(id(self))
        if watched is not None:
            watched.assigned(name, value)

    def __delattr__(self, name):
        super(hooked, self).__delattr__(name)
        watched = watched_by_id.get(id(self))
        if watched is not None:
            watched.probe._stale = True

    def __reduce_ex__(self, protocol):
        reduced = super(hooked, self).__reduce_ex__(protocol)
        if not isinstance(reduced, tuple) or len(reduced) < 2:
            return reduced
        # Copies and pickles are of the class that the program knows.
        function = cls if reduced[0] is hooked else reduced[0]
        arguments = tuple(cls if argument is hooked else argument for argument in reduced[1])
        return (function, arguments) + reduced[2:]

    namespace = {
        "__slots__": (),
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "__class__": property(lambda self: cls),
        "__setattr__": __setattr__,
        "__delattr__": __delattr__,
        "__reduce_ex__": __reduce_ex__,
    }
    hooked = type(cls)(cls.__name__, (cls,), namespace)
    _hooked_classes[cls] = hooked
    return hooked


# --- Values and their differences ---


def _fallback(value):
    return repr(value)


_encoder = json.JSONEncoder(separators=(",", ":"), default=_fallback)


def _encode(value):
    """JSON text as Python's json writes it: NaN, and integers of any size. What cannot be written is a text that says so."""
    kind = type(value)
    if kind is int and -(1 << 63) < value < (1 << 63):
        return int.__repr__(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    try:
        return _encoder.encode(value)
    except Exception as error:
        return _encoder.encode("(no JSON: %s)" % error)


def _differences(path, old, new, found):
    """Appends (path, old, new) for what differs; `found` may become longer than _MAX_DIFFERENCES, then it is of no use."""
    if type(old) is type(new) and len(path) < _MAX_DIFF_DEPTH:
        if isinstance(new, dict):
            kept = [key for key in old if key in new]
            # New members come last, or the order of the members would be lost.
            if kept + [key for key in new if key not in old] == list(new):
                for key in old:
                    if key not in new:
                        found.append((path + (key,), old[key], _REMOVED))
                for key, value in new.items():
                    _differences(path + (key,), old.get(key, _REMOVED), value, found)
                    if len(found) > _MAX_DIFFERENCES:
                        return
                return
        elif isinstance(new, list):
            differing = sum(1 for before, after in zip(old, new) if before != after)
            # Where most has changed, items have moved along.
            if len(new) >= len(old) and (differing <= 4 or differing * 2 <= len(old)):
                for at, value in enumerate(new):
                    _differences(path + (at,), old[at] if at < len(old) else _REMOVED, value, found)
                    if len(found) > _MAX_DIFFERENCES:
                        return
                return
        elif (old == new and type(new) is not float) or _encode(old) == _encode(new):
            return
    found.append((path, old, new))


class _Removed:
    """No value."""


_REMOVED = _Removed()


# --- The connection ---

_clients = {}
_clients_lock = threading.Lock()


def _target(address, token):
    """(host, port, token), or None when there is no address."""
    text = address if address is not None else os.environ.get(ENVIRONMENT, "")
    if not text:
        return None
    parts = urlsplit(text)
    token = token or parts.fragment
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost") or not parts.port or not token:
        raise ValueError("the address has to be http://127.0.0.1:PORT#TOKEN")
    return (parts.hostname, parts.port, token)


def _client_of(target, capacity, program):
    with _clients_lock:
        client = _clients.get(target)
        if client is None:
            client = _clients[target] = _Client(target, capacity, program)
        return client


class _Refused(Exception):
    """Statescope answered, but not with what was asked for."""

    def __init__(self, status, code, message, retry_after):
        super().__init__("%s (%d)" % (message, status))
        self.status = status
        self.code = code
        self.retry_after = retry_after


class _Client:
    """The program's one session, and the thread that keeps it."""

    def __init__(self, target, capacity, program):
        self.host, self.port, self._token = target
        self.capacity = max(1, int(capacity))
        self._program = str(program or os.path.basename(sys.argv[0] or "") or "python")[:_NAME_CHARS]
        #: Assignments on their way from the agent to the thread.
        self.queue = collections.deque()
        #: Whether anybody wants to know. Hooks look at nothing else when it is false.
        self.live = False
        #: Counts what did not fit, without a lock: `next` is one step for Python.
        self.overflow = itertools.count(1)
        self.overflowed = False
        self._overflow_seen = 0
        self.answers = collections.deque()
        self._probes = []
        self._lock = threading.Lock()
        self._thread = None
        self._stopping = threading.Event()
        self._forked = False
        self._connected = False
        self._paused = False
        self._session = None
        self._http = None
        self._poll = None
        self._selector = None
        self._line_bytes = 0
        self._heartbeat = 10.0
        self._last_sent = 0.0
        self._last_command = 0
        #: The last sequence number that was given to a change, or to one that was dropped.
        self._seq = 0
        #: The last one of which Statescope has said that it need not be sent again.
        self._acknowledged = 0
        #: Numbers of earlier sessions that never arrived: missing in the next one.
        self._untold = 0
        self._lines = []
        self._chars = 0
        self._sent = 0
        self._dropped = 0
        self._dropped_earlier = 0
        self._told_dropped = 0
        self._idle = threading.Condition()
        self._rounds = 0

    def stats(self):
        return {"connected": self._connected, "sent": self._sent, "dropped": self._dropped, "queued": len(self.queue)}

    def add(self, probe):
        if self._forked:
            raise RuntimeError("the program has forked; probes stay with the parent")
        with self._lock:
            if any(other.name == probe.name for other in self._probes):
                raise ValueError("another module is attached under this name")
            probe._client = self
            self._probes.append(probe)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="statescope-probe", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def remove(self, probe):
        with self._lock:
            if probe in self._probes:
                self._probes.remove(probe)
        probe._client = None
        probe._root.release()

    def flush(self, timeout):
        """A round that began after this call has sent everything and found nothing left."""
        end = time.monotonic() + timeout
        with self._idle:
            wanted = self._rounds + 2
            for probe in list(self._probes):
                probe._urge()
            while self._rounds < wanted and time.monotonic() < end and not self._stopping.is_set():
                self._idle.wait(0.1)
            return self._rounds >= wanted

    def close(self):
        self._stopping.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_EXIT_SECONDS)

    def forked(self):
        """In a child process: the thread and the sockets are the parent's."""
        self.live = False
        self._forked = True
        self._stopping.set()
        self.queue.clear()

    # The thread

    def _run(self):
        backoff = _FIRST_BACKOFF
        gone_since = None
        while not self._stopping.is_set():
            try:
                if self._session is None:
                    self._open()
                backoff, gone_since = _FIRST_BACKOFF, None
                self._round()
                self._wait()
            except Exception as error:
                # The retry below is the answer to all of them; a fault of ours must not end the agent's program either.
                self._disconnect()
                if isinstance(error, _Refused) and error.status in (401, 403):
                    _log.warning("Statescope refused this program: %s", error)
                    break
                now = time.monotonic()
                gone_since = now if gone_since is None else gone_since
                if isinstance(error, _Refused) and error.code == "session-unknown":
                    self._abandon()
                elif not isinstance(error, (OSError, http.client.HTTPException, _Refused)):
                    _log.warning("the probe starts again after %r", error)
                    self._abandon()
                elif now - gone_since > _GRACE:
                    self._abandon()
                self._stopping.wait(backoff)
                backoff = min(backoff * 2, _LAST_BACKOFF)
        self._finish()

    def _finish(self):
        try:
            if self._session is not None and not self._forked:
                for probe in self._living():
                    probe._urge()
                self._round()
                self._request("DELETE", "/v1/sessions/" + self._session)
        except Exception as error:
            _log.debug("the end could not be told: %s", error)
        self.live = False
        self._session = None
        self._disconnect()
        self.queue.clear()
        with self._idle:
            self._idle.notify_all()

    def _abandon(self):
        """The session is over. What it was not told is told to the next one as lost: its numbers are missing there."""
        self.live = False
        self._session = None
        self._count_overflow()
        self._dropped += len(self._lines) + len(self.queue)
        self._untold += self._seq - self._acknowledged + len(self.queue)
        self._seq = self._acknowledged = 0
        self.queue.clear()
        self._lines, self._chars = [], 0

    def _open(self):
        probes = self._living()
        body = {
            "protocol": PROTOCOL,
            "name": self._program,
            "pid": os.getpid(),
            "language": "python %d.%d" % sys.version_info[:2],
            "modules": [{"name": probe.name} for probe in probes],
        }
        answer = self._request("POST", "/v1/sessions", json.dumps(body).encode())
        self._session = answer["session"]
        self._heartbeat = answer["heartbeatMs"] / 1000
        self._line_bytes = answer["limits"]["lineBytes"]
        self._seq, self._untold = self._untold, 0
        self._dropped_earlier = self._dropped - self._seq
        self._told_dropped = self._dropped_earlier
        self._last_command = 0
        self._paused = False
        self.answers.clear()
        self._begin(probes)

    def _begin(self, probes):
        for probe in probes:
            probe._whole = probe._fresh = True
            probe._urge()
        self.live = True

    def _round(self):
        """Everything that there is to tell, once."""
        for _ in range(100):
            drained = self._drain()
            if drained:
                for probe in self._living():
                    self._look(probe)
            self._send()
            if drained:
                break
        self._answer()
        now = time.monotonic()
        untold = self._told_dropped != self._dropped and not self.queue
        if untold or now - self._last_sent > self._heartbeat:
            dropped = self._dropped
            body = json.dumps({"seq": self._seq, "dropped": dropped - self._dropped_earlier}).encode()
            answer = self._request("POST", "/v1/sessions/%s/heartbeat" % self._session, body)
            self._acknowledged = answer["seq"]
            self._told_dropped = dropped
            self._last_sent = now
        with self._idle:
            self._rounds += 1
            self._idle.notify_all()

    def _living(self):
        with self._lock:
            gone = [probe for probe in self._probes if probe._root.object() is None]
            for probe in gone:
                self._probes.remove(probe)
                probe._client = None
            return list(self._probes)

    def _drain(self):
        """Turns queued assignments into lines. True when there are none left."""
        queue = self.queue
        while queue and len(self._lines) < _BATCH_LINES and self._chars < _BATCH_CHARS:
            watched, name, value, at = queue.popleft()
            self._change(watched, name, value, at)
        if queue:
            return False
        self._count_overflow()
        return True

    def _count_overflow(self):
        if not self.overflowed:
            return
        self.overflowed = False
        count = next(self.overflow) - 1
        # The look at the counter counted, too.
        lost = count - self._overflow_seen
        self._overflow_seen = count + 1
        self._drop(lost)
        for probe in self._living():
            probe._whole = True

    def _drop(self, count):
        """Their numbers are missing in what is sent, so Statescope counts them, too."""
        self._seq += count
        self._dropped += count

    def _change(self, watched, name, value, at):
        if name not in watched.texts:
            watched.probe._stale = True
            return
        text = _encode(value)
        old = watched.texts[name]
        watched.values[name] = value
        watched.unexplained.pop(name, None)
        if text != old:
            watched.texts[name] = text
            self._tell(watched, name, old, text, at)

    def _tell(self, watched, name, old, text, at):
        path = watched.prefix + (name,)
        module = watched.probe.name
        # Only within two containers of one kind is there anything finer to be found.
        if old is not None and old[0] == text[0] and text[0] in "[{" and len(text) > 2:
            found = []
            _differences(path, json.loads(old), json.loads(text), found)
            if len(found) <= _MAX_DIFFERENCES:
                for where, before, after in found:
                    self._change_line(
                        module,
                        where,
                        None if before is _REMOVED else _encode(before),
                        None if after is _REMOVED else _encode(after),
                        at,
                    )
                return
        self._change_line(module, path, old, text, at)

    def _change_line(self, module, path, old, new, at):
        told = '"old":%s,' % old if old is not None and len(old) <= _OLD_CHARS else ""
        value = '"removed":true' if new is None else '"new":' + new
        self._line('{"module":%s,"path":%s,%s%s' % (_encode(module), _encode(path), told, value), at)

    def _line(self, text, at):
        self._seq += 1
        line = '%s,"time":%d,"seq":%d}\n' % (text, at // 1000, self._seq)
        # Python's json writes ASCII: characters are bytes.
        if len(line) > self._line_bytes:
            self._dropped += 1
            _log.warning("a value of %d bytes is more than Statescope takes at once", len(line))
            return
        self._lines.append(line)
        self._chars += len(line)

    def _look(self, probe):
        """Compares the state with what was told last, or tells it as a whole."""
        now = time.monotonic()
        if (self._paused and not probe._whole) or now < probe._not_before:
            return
        due = probe._interval is not None and now >= probe._next_sample
        if not (due or probe._stale or probe._whole):
            return
        module = probe._root.object()
        if module is None:
            return
        whole, fresh = probe._whole, probe._fresh
        probe._stale = probe._whole = probe._fresh = False
        try:
            with probe.lock:
                if fresh:
                    probe._root.forget()
                state = module.state_dict()
                if not isinstance(state, dict):
                    raise TypeError("state_dict() gave no dict but a %s" % type(state).__name__)
                self._visit(probe._root, module, state, not whole)
        except Exception as error:
            # Mostly a dict that another thread changed while it was read: the next time it works.
            probe._stale, probe._whole, probe._fresh = True, whole, fresh
            probe._not_before = now + (probe._interval or 0.25)
            probe._failures += 1
            probe._failure = "the state could not be read: %r" % error
            if probe._failures == _FAILURES:
                _log.warning("%s: %s", probe.name, probe._failure)
            return
        probe._failures = 0
        if fresh:
            self._skip_older(probe)
        if whole:
            self._line('{"module":%s,"state":%s' % (_encode(probe.name), probe._root.text()), time.time_ns())
        probe._not_before = now + (time.monotonic() - now) / _SAMPLING_SHARE
        probe._next_sample = now + (probe._interval or 0)

    def _skip_older(self, probe):
        """What was queued while the first state was read is in it. Other modules' assignments are told as ever."""
        for _ in range(len(self.queue)):
            item = self.queue.popleft()
            if item[0].probe is not probe:
                self._change(*item)

    def _visit(self, watched, module, state, tell):
        if watched.client is None:
            watched.client = self
            _hook(watched)
        conversions = getattr(module, "_attribute_dict", None)
        direct = []
        at = time.time_ns()
        for key, value in state.items():
            key = _member_name(key)
            own = _attribute(module, key)
            if own is not value and isinstance(value, dict) and _is_module(own):
                self._visit_nested(watched, key, own, value, tell)
                continue
            if key in watched.nested:
                child = watched.nested.pop(key)
                watched.texts[key] = child.text()
                child.release()
            is_direct = watched.hooked and own is value and not _converts(conversions, key)
            if is_direct:
                direct.append(key)
                known = watched.values.get(key, _REMOVED)
                if known is not _REMOVED and known is not value and watched.unexplained.get(key, _REMOVED) is not value:
                    # Its assignment is on its way through the queue. If it is not, it went past the hook, and the next
                    # look finds the same value again.
                    watched.unexplained[key] = value
                    watched.probe._stale = True
                    continue
            watched.unexplained.pop(key, None)
            text = _encode(value)
            old = watched.texts.get(key)
            watched.texts[key] = text
            watched.values[key] = value
            if tell and text != old:
                self._tell(watched, key, old, text, at)
        order = [_member_name(key) for key in state]
        for key in set(watched.order).difference(order):
            known = watched.texts.pop(key, None)
            watched.values.pop(key, None)
            child = watched.nested.pop(key, None)
            if child is not None:
                known = child.text()
                child.release()
            if tell and known is not None:
                self._change_line(watched.probe.name, watched.prefix + (key,), known, None, at)
        watched.order = order
        watched.direct = frozenset(direct)

    def _visit_nested(self, watched, key, module, state, tell):
        child = watched.nested.get(key)
        same = child is not None and child.object() is module
        if not same:
            old = watched.texts.pop(key, None) if child is None else child.text()
            watched.values.pop(key, None)
            if child is not None:
                child.release()
            child = watched.nested[key] = _Watched(watched.probe, watched.prefix + (key,), module)
        self._visit(child, module, state, tell and same)
        if tell and not same:
            self._change_line(watched.probe.name, child.prefix, old, child.text(), time.time_ns())

    # Sending

    def _send(self):
        while self._lines:
            count, size = 0, 0
            while count < len(self._lines) and count < _BATCH_LINES and (count == 0 or size < _BATCH_CHARS):
                size += len(self._lines[count])
                count += 1
            body = "".join(self._lines[:count]).encode("ascii")
            try:
                answer = self._request("POST", "/v1/sessions/%s/changes" % self._session, body)
            except _Refused as refused:
                if refused.status not in (400, 413):
                    raise
                # It would be refused again and again. Its numbers are missing from now on, and whole states follow.
                _log.warning("Statescope refused changes: %s", refused)
                self._dropped += count
                for probe in self._living():
                    probe._whole = True
            else:
                self._sent += count
                self._acknowledged = answer["seq"]
            del self._lines[:count]
            self._chars = sum(map(len, self._lines))
            self._last_sent = time.monotonic()

    def _request(self, method, path, body=None):
        """The answer's JSON. Waits and tries again while Statescope is busy. Sending twice is safe: changes have numbers."""
        for attempt in range(8):
            reused = self._http is not None
            try:
                return self._exchange(method, path, body)
            except _Refused as refused:
                if refused.status != 429 or attempt == 7 or self._stopping.is_set():
                    raise
                self._stopping.wait(min(refused.retry_after, 2.0))
            except (OSError, http.client.HTTPException):
                self._close_http()
                # A connection that was kept for too long is closed by the other side.
                if not reused or attempt > 0:
                    raise
        raise http.client.HTTPException("no answer")

    def _exchange(self, method, path, body):
        if self._http is None:
            self._http = http.client.HTTPConnection(self.host, self.port, timeout=_TIMEOUT)
        self._http.request(method, path, body, self._headers())
        answer = _read(self._http.getresponse())
        self._connected = True
        return answer

    def _headers(self):
        return {"Authorization": "Bearer " + self._token, "Content-Type": "application/x-ndjson"}

    # Commands

    def _wait(self):
        """Sleeps for a tick, or until there is a command."""
        if self._poll is None:
            self._poll = http.client.HTTPConnection(self.host, self.port, timeout=_TIMEOUT)
            path = "/v1/sessions/%s/commands?after=%d&wait=%d" % (self._session, self._last_command, _POLL_SECONDS)
            self._poll.request("GET", path, None, self._headers())
            self._selector = selectors.DefaultSelector()
            self._selector.register(self._poll.sock, selectors.EVENT_READ)
        if not self._selector.select(_TICK):
            return
        self._selector.close()
        poll, self._poll, self._selector = self._poll, None, None
        try:
            commands = _read(poll.getresponse())["commands"]
        finally:
            poll.close()
        for command in commands:
            if command["id"] > self._last_command:
                self._last_command = command["id"]
                self._obey(command)

    def _obey(self, command):
        kind, number = command["command"], command["id"]
        probes = self._living()
        module = command.get("module")
        named = [probe for probe in probes if module is None or probe.name == module]
        problem = None
        told = ()
        if kind == "pause":
            self.live = False
            self._round()
            self._paused = True
        elif kind == "resume":
            if self._paused:
                self._paused = False
                self.queue.clear()
                self._begin(probes)
                told = probes
        elif kind not in ("snapshot", "load"):
            problem = "this probe does not know the command %s" % kind
        elif not named:
            problem = "there is no module %s here" % module
        elif kind == "load" and named[0]._polled:
            # Answered by `poll`.
            named[0]._loads.append(command)
            return
        elif kind == "load":
            problem = named[0]._load(command)
        else:
            for probe in named:
                # Nothing was followed while it was paused.
                probe._whole, probe._fresh = True, self._paused
                probe._urge()
            told = named
        self.answers.append((number, problem, told))

    def _answer(self):
        """After what the commands brought about has been sent."""
        while self.answers:
            number, problem, told = self.answers[0]
            missing = [probe for probe in told if probe._whole]
            if missing and missing[0]._failures < _FAILURES:
                return
            if missing:
                problem = missing[0]._failure[:_REASON_CHARS]
            self.answers.popleft()
            body = {"ok": True} if problem is None else {"ok": False, "error": problem}
            try:
                path = "/v1/sessions/%s/commands/%d/result" % (self._session, number)
                self._request("POST", path, json.dumps(body).encode())
            except _Refused as refused:
                # Nobody waits for it any more.
                if refused.code != "command-unknown":
                    raise

    def _close_http(self):
        if self._http is not None:
            self._http.close()
            self._http = None

    def _disconnect(self):
        self._connected = False
        self._close_http()
        if self._selector is not None:
            self._selector.close()
            self._selector = None
        if self._poll is not None:
            self._poll.close()
            self._poll = None


def _after_fork():
    global _clients_lock
    # It may have been held by a thread that does not exist here.
    _clients_lock = threading.Lock()
    for client in _clients.values():
        client.forked()
    _clients.clear()
    for watched in list(_watched_by_id.values()):
        _unhook(watched)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _read(answer):
    body = answer.read()
    if answer.status >= 300:
        try:
            error = json.loads(body)["error"]
        except (ValueError, KeyError, TypeError):
            error = {"code": "unknown", "message": "an answer that is not Statescope's"}
        try:
            retry_after = float(answer.getheader("Retry-After") or 1)
        except ValueError:
            retry_after = 1.0
        raise _Refused(answer.status, error.get("code"), error.get("message"), retry_after)
    return json.loads(body) if body else None


def _member_name(key):
    """As json writes it."""
    return key if type(key) is str else next(iter(json.loads(json.dumps({key: None}))))


def _attribute(module, key):
    try:
        return getattr(module, key, None)
    except Exception:  # A property of the agent's that fails is not ours to report.
        return None


def _is_module(value):
    return callable(getattr(value, "state_dict", None)) and callable(getattr(value, "load_state_dict", None))


def _converts(conversions, key):
    """AgentScope's registry says when an attribute is not saved as it is."""
    try:
        return conversions is not None and getattr(conversions[key], "to_json", None) is not None
    except (KeyError, TypeError):
        return False
