"""A docket of the past is replayed from its file: every mode that chooses does so as it did then."""

from hashlib import sha256
from pathlib import Path

import pytest

from dispatch.domain.docket.docket import Docket, docket_from_json, docket_to_json
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import CHOICES
from dispatch.modes.rotation import queue_of

CONTENT = Path(__file__).with_name("golden_docket.json").read_bytes().rstrip()

DIGEST = "7732efc2a9a8f1bbcdfcffefac15204bc13a10874f7d59693c25b6c37688f561"

CHOSEN = {
    ModeName.OPTIMIZED: [2, 1, 2, 4, -1, 1],
    ModeName.POINT_SELECTION: [2, 1, -1, -1, -1, -1],
    ModeName.GRAB: [2, 1, -1, -1, -1, -1],
    ModeName.CONTINUITY: [1, -1, -1, -1, -1, -1],
}

QUEUE = [1, 3, 2, 4, 0]


@pytest.mark.parametrize("name", CHOICES)
def test_docket_of_the_past_is_decided_as_it_was(name):
    docket = Docket.build(*docket_from_json(CONTENT))

    assert CHOICES[name](docket, eligible(docket)).tolist() == CHOSEN[name]


def test_docket_of_the_past_has_the_order_of_the_rotation_it_had():
    docket = Docket.build(*docket_from_json(CONTENT))

    assert queue_of(docket).tolist() == QUEUE


def test_docket_of_the_past_has_the_bytes_it_had():
    assert sha256(docket_to_json(*docket_from_json(CONTENT))).hexdigest() == DIGEST
