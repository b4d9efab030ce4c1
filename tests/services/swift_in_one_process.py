"""OpenStack Swift behind its S3 face, all four servers in one process on 127.0.0.1.

`python swift_in_one_process.py FOLDER PORT KEY SECRET REGION`; KEY is `account:user`. The folder must
be on a file system with user attributes; what is stored there survives a restart.
"""

from __future__ import annotations

import logging
import sys
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

import eventlet.hubs
import eventlet.wsgi
import swift.common.utils as swift_utils

DISK = "disk"
BACKENDS = ("account", "container", "object")
FILTERS = {  # in the order in which a request meets them
    "catch_errors": {},
    "gatekeeper": {},
    "healthcheck": {},
    "listing_formats": {},
    "s3api": {"allow_multipart_uploads": "true"},
    "tempauth": {},
    "copy": {},
    "slo": {},
    "dlo": {},
}


@dataclass(frozen=True)
class Place:
    """Where the configuration and the stored objects are."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "settings"

    @property
    def disks(self) -> Path:
        return self.folder / "disks"

    def make(self) -> None:
        self.settings.mkdir(exist_ok=True)
        (self.disks / DISK).mkdir(parents=True, exist_ok=True)

    def write(self, name: str, **sections: dict) -> str:
        """Write a file of settings; gives its path. `__` in a section's name stands for `:`."""
        parser = ConfigParser(interpolation=None)
        for section, options in sections.items():
            parser[section.replace("__", ":")] = options
        path = self.settings / name
        with path.open("w") as file:
            parser.write(file)
        return str(path)

    def common(self) -> dict:
        """The settings that all four servers have."""
        return {
            "swift_dir": str(self.settings),
            "devices": str(self.disks),
            "mount_check": "false",
            "recon_cache_path": str(self.folder),
            "fallocate_reserve": "0",
            "disable_fallocate": "true",
            "log_address": "/dev/null",
            "log_level": "ERROR",
        }


def main(folder: str, port: str, key: str, secret: str, region: str) -> None:
    place = Place(Path(folder).absolute())
    place.make()
    name_cluster(place)
    swift_utils.eventlet_monkey_patch()
    eventlet.hubs.use_hub(swift_utils.get_hub())
    logging.getLogger().addHandler(logging.NullHandler())
    backends = {name: eventlet.listen(("127.0.0.1", 0), backlog=512) for name in BACKENDS}
    for name, listener in backends.items():
        write_ring(place, name, listener.getsockname()[1])
        eventlet.spawn(serve, listener, write_backend(place, name))
    listener = eventlet.listen(("127.0.0.1", int(port)), backlog=512)
    serve(listener, write_proxy(place, key, secret, region))


def name_cluster(place: Place) -> None:
    """Salt the hashes of paths; without this Swift does not start."""
    swift_utils.SWIFT_CONF_FILE = place.write(
        "swift.conf",
        **{
            "swift-hash": {"swift_hash_path_prefix": "tests", "swift_hash_path_suffix": "tests"},
            "storage-policy__0": {"name": "single", "default": "yes"},
        },
    )
    swift_utils.validate_hash_conf()
    from swift.common import constraints, storage_policy

    storage_policy.reload_storage_policies()
    constraints.reload_constraints()


def write_ring(place: Place, name: str, port: int) -> None:
    """Tell the proxy where that backend is: one copy, on one disk."""
    from swift.common.ring.builder import RingBuilder

    builder = RingBuilder(part_power=2, replicas=1, min_part_hours=1)
    where = {"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": port}
    builder.add_dev(where | {"device": DISK, "weight": 1.0})
    builder.rebalance()
    builder.get_ring().save(str(place.settings / f"{name}.ring.gz"))


def write_backend(place: Place, name: str) -> str:
    return place.write(
        f"{name}-server.conf",
        DEFAULT=place.common(),
        pipeline__main={"pipeline": f"{name}-server"},
        **{f"app__{name}-server": {"use": f"egg:swift#{name}"}},
    )


def write_proxy(place: Place, key: str, secret: str, region: str) -> str:
    account, _, user = key.partition(":")
    asked = {
        "s3api": {"location": region},
        "tempauth": {f"user_{account}_{user}": f"{secret} .admin"},
    }
    return place.write(
        "proxy-server.conf",
        DEFAULT=place.common(),
        pipeline__main={"pipeline": " ".join([*FILTERS, "proxy-server"])},
        **{"app__proxy-server": {"use": "egg:swift#proxy", "account_autocreate": "true"}},
        **{
            f"filter__{name}": {"use": f"egg:swift#{name}"} | options | asked.get(name, {})
            for name, options in FILTERS.items()
        },
    )


def serve(listener, settings: str) -> None:
    from swift.common.http_protocol import SwiftHttpProtocol
    from swift.common.wsgi import loadapp

    eventlet.wsgi.server(
        listener,
        loadapp(settings),
        protocol=SwiftHttpProtocol,
        log=logging.getLogger("silent"),
        log_output=False,
        max_size=256,
        socket_timeout=60,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
