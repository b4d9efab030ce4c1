"""`pixferry doctor --fetch-models`: rembg's model from a server on loopback, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution

import pytest
from servers import ROOT, environment, free_port

from core.imaging.vision import rembg_model

MODEL = bytes(range(256)) * 4_000
RIGHT = f"md5:{hashlib.md5(MODEL, usedforsecurity=False).hexdigest()}"
PROGRAM = """
import errno, sys
import core.imaging.vision.rembg_model as found
found.MODEL_URL, found.MODEL_HASH = sys.argv[1:3]
sys.argv[1:] = sys.argv[3:]
{first}
from pixferry.cli import main
main(prog_name="pixferry")
"""


class Place:
    """A data folder, and the program with another address of the model."""

    def __init__(self, folder):
        self.data = folder / "data"
        self.model = self.data / "models" / "u2net.onnx"

    def begin(
        self,
        url,
        checksum=RIGHT,
        first="",
        options=("--fetch-models",),
        stderr=subprocess.PIPE,
        **settings,
    ):
        env = environment(self.data, free_port(), WORKERS=1, **{"SEGMENTER": "rembg"} | settings)
        program = PROGRAM.format(first=first)
        return subprocess.Popen(
            [sys.executable, "-c", program, url, checksum, "doctor", "--json", *options],
            env=env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

    def run(self, url="http://127.0.0.1:1/model", *more, **options):
        """Standard error, and the row on foregrounds if it came so far."""
        process = self.begin(url, *more, **options)
        out, err = process.communicate(timeout=120)
        rows = json.loads(out)["findings"] if out else []
        return err, [row for row in rows if row["subject"] == "foregrounds"]

    def leftovers(self):
        folder = self.model.parent
        return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@contextmanager
def serving(body=MODEL, status=200, pause_after=None):
    """Gives an address, and an event that is set once a pause has begun."""
    paused, go_on = threading.Event(), threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:pause_after])
            if pause_after is not None:
                self.wfile.flush()
                paused.set()
                go_on.wait(60)
                self.close_connection = True

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/u2net.onnx", paused, go_on
        finally:
            go_on.set()
            server.shutdown()
            thread.join()


def test_address_and_checksum_are_those_of_rembg():
    # Read, not imported: that takes a minute, for libraries that nothing here is asked of.
    source = distribution("rembg").locate_file("rembg/sessions/u2net.py").read_text()
    assert f'"{rembg_model.MODEL_URL}"' in source
    assert f'"{rembg_model.MODEL_HASH}"' in source


def test_the_model_is_fetched_once(place):
    with serving() as (url, _, _):
        err, rows = place.run(url)
        assert str(place.model) in err
        assert [row["level"] for row in rows] == ["ok"]
        assert str(place.model) in rows[0]["text"]
    assert place.model.read_bytes() == MODEL
    assert place.model.stat().st_mode & 0o444 == 0o444
    assert place.leftovers() == ["u2net.onnx"]
    err, rows = place.run(url)  # where nobody listens any more
    assert "there already" in err
    assert [row["level"] for row in rows] == ["ok"]


def test_it_goes_where_the_settings_say(place, tmp_path):
    target = tmp_path / "elsewhere" / "net.onnx"
    with serving() as (url, _, _):
        place.run(url, SEGMENTER_MODEL=target)
    assert target.read_bytes() == MODEL
    assert not place.model.exists()


def test_without_the_option_nothing_is_fetched_and_the_row_says_what_to_do(place):
    err, rows = place.run(options=())
    assert err == ""
    assert [row["level"] for row in rows] == ["wrong"]
    assert "--fetch-models" in rows[0]["advice"]


@pytest.mark.parametrize("segmenter", ["grabcut", "off"])
def test_others_need_no_model(place, segmenter):
    err, rows = place.run(SEGMENTER=segmenter)
    assert f"PIXFERRY_SEGMENTER is {segmenter}, which needs no model" in err
    assert [row["level"] for row in rows] == ["ok"]
    assert not place.leftovers()


def without(module):
    """Code by which the program lacks a library."""
    return (
        "import importlib.util as util; find = util.find_spec\n"
        f"util.find_spec = lambda name: None if name == {module!r} else find(name)"
    )


def test_without_rembg_it_says_what_to_install(place):
    err, rows = place.run(first=without("rembg"))
    assert "rembg, which is not installed" in err
    assert "pip install" in err
    assert not rows
    _, rows = place.run(first=without("rembg"), options=())
    assert [row["level"] for row in rows] == ["wrong"]
    assert "pip install" in rows[0]["advice"]


def test_without_opencv_it_warns(place):
    _, rows = place.run(first=without("cv2"), options=(), SEGMENTER="grabcut")
    assert [row["level"] for row in rows] == ["warning"]
    assert "pip install" in rows[0]["advice"]


def test_a_terminal_shows_a_bar(place):
    ours, theirs = pty.openpty()
    with serving() as (url, _, _):
        process = place.begin(url, stderr=theirs)
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # the end of a terminal
            while chunk := os.read(ours, 1 << 16):
                shown += chunk
        process.communicate(timeout=60)
    os.close(ours)
    assert "━" in shown.decode()
    assert "1.0/1.0 MB" in shown.decode()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"status": 404}, "answers 404"),
        ({"status": 503}, "answers 503"),
        ({"body": MODEL[:-1] + b"?"}, "its checksum is another"),
        ({"body": b"<html>Sign in to this network</html>"}, "its checksum is another"),
    ],
)
def test_what_is_not_the_model_is_not_kept(place, options, told):
    with serving(**options) as (url, _, _):
        err, rows = place.run(url)
    assert told in err
    assert "Traceback" not in err
    assert not rows
    assert not place.leftovers()


def test_a_download_that_breaks_off_is_not_kept(place):
    with serving(pause_after=100_000) as (url, paused, go_on):
        process = place.begin(url)
        assert paused.wait(60)
        go_on.set()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "can't be fetched from 127.0.0.1" in err
    assert not place.leftovers()


def test_no_way_there_is_said_in_words(place):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        err, rows = place.run(f"http://127.0.0.1:{nobody.getsockname()[1]}/u2net.onnx")
    assert "can't be fetched from 127.0.0.1" in err
    assert "Traceback" not in err
    assert not rows


def test_a_full_disk_is_said_in_words(place):
    first = (
        "import pooch\n"
        "def full(*_, **__): raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "pooch.HTTPDownloader.__call__ = full"
    )
    err, _ = place.run(first=first)
    assert "There is no room for the model" in err
    assert not place.leftovers()


def test_a_folder_that_takes_nothing_is_said_in_words(place):
    place.data.mkdir()
    (place.data / "models").write_text("no folder")
    err, _ = place.run()
    assert "can't be put into" in err
    assert "Traceback" not in err


def test_a_kill_leaves_no_half_model_and_what_it_leaves_goes(place):
    with serving(pause_after=500_000) as (url, paused, _):
        process = place.begin(url)
        assert paused.wait(60)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert not place.model.exists()
        (left,) = place.model.parent.iterdir()
    with serving() as (url, _, _):
        long_ago = time.time() - 7_200
        for one in (*left.iterdir(), left):
            os.utime(one, (long_ago, long_ago))
        place.run(url)
    assert place.model.read_bytes() == MODEL
    assert place.leftovers() == ["u2net.onnx"]
