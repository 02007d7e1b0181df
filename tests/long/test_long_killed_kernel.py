"""200 kernels killed at random moments while answers are given; every answer before is there each time."""

from pathlib import Path

import pytest
from test_killed_kernel import kill_at_random_moments

pytestmark = pytest.mark.long


@pytest.mark.parametrize("seed", range(10))
def test_after_each_of_20_more_kills_the_next_kernel_goes_on(tmp_path: Path, seed: int):
    kill_at_random_moments(tmp_path, times=20, seed=1000 + seed)
