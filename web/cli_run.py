"""The commands that stay: `start` (the demonstration, web and worker in one process), `serve` and `worker`."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any

import click
from flask import Flask, Response, request

from engine import Engine
from engine.store import migrate, self_check
from engine.store.safety import unsafe
from engine.worker import Mailer, Worker, confirm_clock
from engine.worker.smtp import deliver
from web.cli_common import demo_option, exists, opened
from web.cli_words import Refused, Spoken, say
from web.installation import Installation
from web.mail_settings import MailSettings, mail_settings

LOOPBACK, PORT, PORTS = "127.0.0.1", 8600, 100
THREADS = 8
LAST = 10  # seconds a worker has to finish its turn


@click.command("start", cls=Spoken)
def start() -> None:
    """The demonstration: built if it is not there, then served on this machine with its worker."""
    which = Installation.demo()
    with only_one(which) as noted:
        if is_built(which):
            migrate(which.url)
        else:
            build(which)
        engine = which.engine()
        from web.app import create_app

        app = create_app(engine, demo_sign_in=True)
        server = listening(app, LOOPBACK, range(PORT, PORT + PORTS))
        address = _address(server)
        noted.write_text(address, "utf-8")
        click.echo(say("start.ready", address=address))
        serve_until_told(server, engine, app)
    click.echo(say("stopped"))


@click.command("serve", cls=Spoken)
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@click.option("--proxy")
def serve(host: str, port: int, proxy: str | None) -> None:
    """The web of the real installation; the worker is a command of its own."""
    if not exists(Installation.real()):
        raise Refused("nothing_yet_real")
    with opened() as engine:
        refuse_unsafe(engine)
        from web.app import create_app

        server = listening(create_app(engine, mail=mail_of(engine)), host, (port,), proxy)
        if not proxy and not _is_loopback(host):
            click.echo(say("serve.in_the_open", host=host), err=True)
        click.echo(say("serve.ready", address=_address(server)))
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
        _until_told(server)
    click.echo(say("stopped"))


@click.command("worker", cls=Spoken)
@demo_option
@click.option("--once", is_flag=True)
@click.option("--confirm-clock", "confirmed", is_flag=True)
def worker(demo: bool, once: bool, confirmed: bool) -> None:
    """Time limits, warnings and outgoing messages of an installation, once a second."""
    with opened(demo) as engine:
        if confirmed:
            confirm_clock(engine.database, engine.clock.now())
            click.echo(say("worker.confirmed"))
            return
        settings = mail_of(engine)
        work, post = Worker(engine, mails=settings is not None), mailer(engine, settings)
        turned = work.turn()
        if turned.stopped:
            raise Refused("worker.clock", code=1)
        if once:
            click.echo(
                say(
                    "worker.once",
                    **{
                        name: getattr(turned, name)
                        for name in ("breached", "warned", "sent", "notices", "failed")
                    },
                )
            )
            if post:
                posted = post.turn()
                click.echo(say("worker.mails", sent=posted.sent, later=posted.later, failed=posted.failed))
            return
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
        click.echo(say("worker.ready"))
        click.echo(mail_words(settings))
        stop = Event()

        def told(*_: object) -> None:
            stop.set()
            work.hurry()

        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, told)
        with posting(post, stop):
            work.run(stop)
        click.echo(say("stopped"))


# ------------------------------------------------------------------ mail


def mail_of(engine: Engine) -> MailSettings | None:
    """How the installation behind `engine` sends mail; None: it sends none."""
    kind = engine.library.rows.installation.kind
    return mail_settings(Installation.real().home, kind)


def mailer(engine: Engine, settings: MailSettings | None) -> Mailer | None:
    """Who sends it."""
    if settings is None:
        return None
    from web.letters import Letters

    return Mailer(engine, Letters(engine, settings).compose, partial(deliver, settings.server))


def mail_words(settings: MailSettings | None) -> str:
    """Whether mail is sent, through which server, and as whom."""
    if settings is None:
        return say("worker.mail_off")
    server = settings.server
    return say(
        "worker.mail_on" if server.user else "worker.mail_on_without_user",
        server=f"{server.host}:{server.port}",
    )


@contextmanager
def posting(post: Mailer | None, stop: Event) -> Iterator[None]:
    """Beside the worker, so that a server that hangs holds up no time limit."""
    if post is None:
        yield
        return
    thread = Thread(target=post.run, args=(stop,), name="mailer")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LAST)


# ------------------------------------------------------------------ the demonstration


@contextmanager
def only_one(which: Installation) -> Iterator[Path]:
    """The demonstration to oneself: two would each run a clock of their own. Answers where to note its address."""
    folder = which.home.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    noted = folder / "demo.running"
    handle = os.open(noted, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("start.running", code=1, address=noted.read_text("utf-8") or "…") from None
        os.truncate(handle, 0)
        yield noted
        os.truncate(handle, 0)
    finally:
        os.close(handle)


def is_built(which: Installation) -> bool:
    """Was it built to the end?"""
    return _mark(which).exists() and exists(which)


def build(which: Installation) -> None:
    """Build the demonstration anew; what was there is thrown away."""
    from web import demo

    click.echo(say("demo.building"))
    demo.build(which)
    _mark(which).touch(mode=0o600)


def _mark(which: Installation) -> Path:
    return which.home / "built"


# ------------------------------------------------------------------ serving


def refuse_unsafe(engine: Engine) -> None:
    """Refused: what is served is the demonstration, the database is set up unsafely, or its guards do not stand."""
    if engine.library.rows.installation.kind == "demo":
        raise Refused("serve.demo")
    found = list(unsafe(engine.database))
    if os.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
        found.append("debug")
    if found:
        raise Refused(f"unsafe.{found[0]}", code=1, file=engine.database.url.database or "")
    if failed := self_check(engine.database):
        raise Refused("unsafe.guards", code=1, guards=", ".join(failed))


def listening(app: Flask, host: str, ports: Sequence[int], proxy: str | None = None) -> Any:
    """A server bound to the first free of `ports`. proxy: the address whose X-Forwarded headers are believed."""
    from waitress.server import create_server

    trusted = (
        {
            "trusted_proxy": proxy,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto x-forwarded-host",
        }
        if proxy
        else {}
    )
    return create_server(
        app,
        sockets=[_bound(host, ports)],
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=bool(proxy),
        **trusted,
    )


def _bound(host: str, ports: Sequence[int]) -> socket.socket:
    for port in ports:
        try:
            return socket.create_server(
                (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
            )
        except OSError:  # taken, not allowed, or no address of this machine
            continue
    raise Refused("serve.no_port", host=host, first=ports[0], last=ports[-1])


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(server: Any) -> str:
    host = f"[{server.effective_host}]" if ":" in server.effective_host else server.effective_host
    return f"http://{host}:{server.effective_port}"


def serve_until_told(server: Any, engine: Engine, app: Flask) -> None:
    """Web and worker in this process until it is told to stop; a step that leaves work hurries the worker."""
    stop, work = Event(), Worker(engine)

    @app.after_request
    def hurry(response: Response) -> Response:
        if request.method == "POST":
            work.hurry()
        return response

    thread = Thread(target=work.run, args=(stop,), name="worker")
    thread.start()
    try:
        _until_told(server)
    finally:
        stop.set()
        work.hurry()
        thread.join(LAST)
        engine.database.close()


def _until_told(server: Any) -> None:
    def told(*_: object) -> None:
        raise KeyboardInterrupt

    for each in (signal.SIGINT, signal.SIGTERM):  # of a process in the background the first may be ignored
        signal.signal(each, told)
    try:
        server.run()  # waitress takes the interrupt for the end
    finally:
        server.close()
