"""What every Clock must do."""

from __future__ import annotations

import time
from datetime import timedelta


def test_the_present_is_aware_utc(real_clock):
    now = real_clock.now()
    assert now.utcoffset() == timedelta(0)
    assert abs(now.timestamp() - time.time()) < 60
