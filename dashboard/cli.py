"""The command `embedscope`: parse its options and start the server."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import webbrowser
from pathlib import Path

from dashboard import settings


def parser() -> argparse.ArgumentParser:
    parse = argparse.ArgumentParser(prog="embedscope", description="See how embeddings work, in your browser, offline.")
    parse.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)"
    )
    parse.add_argument("--port", type=_port, default=8501, help="port to listen on (default: %(default)s)")
    parse.add_argument("--data-dir", type=Path, help="folder for saved work (default: your user data folder)")
    parse.add_argument(
        "--workers", type=_count, default=2, help="worker processes for long work (default: %(default)s)"
    )
    parse.add_argument(
        "--scheduler", metavar="tcp://HOST:8786", help="use this Dask scheduler instead of local workers"
    )
    parse.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME",
        help="answer to this name too; addresses and this machine's own name need no mention",
    )  # fmt: skip
    parse.add_argument("--quota", type=_megabytes, metavar="MB", help="disk space for saved embeddings (default: 8192)")
    parse.add_argument("--no-browser", action="store_true", help="do not open the page in a browser")
    return parse


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535; got {text!r}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"workers are a number from 1 to 64; got {text!r}")
    return int(text)


def _megabytes(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 10**8:
        raise argparse.ArgumentTypeError(f"a quota is a number of megabytes, at least 1; got {text!r}")
    return int(text)


def main(arguments: list[str] | None = None) -> None:
    """Start the server and stay until it ends."""
    options = parser().parse_args(arguments)
    if options.scheduler and not options.scheduler.startswith(("tcp://", "tls://")):
        parser().error(f"a scheduler is an address such as tcp://127.0.0.1:8786; got {options.scheduler!r}")
    os.environ[settings.WORKERS] = str(options.workers)
    if options.data_dir:
        os.environ[settings.DATA_DIR] = str(options.data_dir.expanduser().resolve())
    names = [name.strip().lower() for name in [options.host, *options.allow_host] if name.strip()]
    os.environ[settings.HOSTS] = ",".join(names)
    if options.quota:
        os.environ[settings.QUOTA] = str(options.quota)
    if options.scheduler:
        os.environ[settings.SCHEDULER] = options.scheduler
    url = f"http://{'127.0.0.1' if options.host == '0.0.0.0' else options.host}:{options.port}"  # noqa: S104
    if not options.no_browser:
        threading.Thread(target=_open_when_ready, args=(url,), daemon=True).start()
    from streamlit.web.cli import main as streamlit

    streamlit(
        [
            "run",
            str(Path(__file__).with_name("app.py")),
            "--server.address",
            options.host,
            "--server.port",
            str(options.port),
        ],
        prog_name="streamlit",
    )


def _open_when_ready(url: str) -> None:
    """Open the browser once the server answers; give up quietly after ten seconds."""
    import urllib.request
    from urllib.error import URLError

    deadline = threading.Event()
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()  # noqa: S310
        except (URLError, OSError):
            deadline.wait(0.1)
        else:
            webbrowser.open(url)
            return
    print(f"Open {url} in a browser.", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
