"""Publish a data set to a real S3 server, lose the network in between, go on, and read it back.

Arguments: the data set, and a folder for the copies.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import fsspec
from moto.server import ThreadedMotoServer
from results import tell

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.publishing import fetch_copy, publish
from rpsdg.corpora.storage import Storage, StorageError

URL = "s3://bucket/some/data"


def main() -> None:
    """Do it."""
    folder, work = map(Path, sys.argv[1:])
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "hunter2hunter2",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
    }
    storage = Storage.at(URL)
    told: dict[str, Any] = {}
    try:
        publish(folder, storage)
    except StorageError as error:
        told["without a bucket"] = str(error)
    fsspec.filesystem("s3").mkdir("bucket")
    for path in sorted(folder.glob("traces/*")):  # as an upload that broke off left it
        storage.put(path, f"traces/{path.name}")
    sent = publish(folder, storage)
    again = publish(folder, storage)
    copy = fetch_copy(Storage.at(URL), work)
    server.stop()
    told |= {
        "sent": sent.files,
        "there": sent.there,
        "again": again.files,
        "ids": [trace.id for trace in Dataset(copy).traces()],
    }
    tell(told)


if __name__ == "__main__":
    main()
