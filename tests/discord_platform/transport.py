"""Transport compression, as a connection to the gateway asks for it."""

from __future__ import annotations

import zlib


class Plain:
    def pack(self, text: str) -> str | bytes:
        return text


class ZlibStream:
    def __init__(self) -> None:
        self._context = zlib.compressobj(level=1)

    def pack(self, text: str) -> str | bytes:
        return self._context.compress(text.encode()) + self._context.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """By whichever module a client, which runs on the same Python, unpacks it with."""

    def __init__(self) -> None:
        try:
            import zstandard
        except ImportError:
            from compression import zstd

            context, flush = zstd.ZstdCompressor(level=1), zstd.ZstdCompressor.FLUSH_BLOCK
            self._pack = lambda data: context.compress(data, mode=flush)
        else:
            context = zstandard.ZstdCompressor(level=1).compressobj()
            flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
            self._pack = lambda data: context.compress(data) + context.flush(flush)

    def pack(self, text: str) -> str | bytes:
        return self._pack(text.encode())


KINDS = {None: Plain, "zlib-stream": ZlibStream, "zstd-stream": ZstdStream}
