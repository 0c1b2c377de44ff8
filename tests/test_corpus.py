"""Every serial, PID and version of the captured corpus, where one is at hand."""

import pytest

from tests import corpus

ROOT = corpus.root()
CASES = list(corpus.cases(ROOT)) if (ROOT / "truth.jsonl").exists() else []

pytestmark = pytest.mark.skipif(
    not CASES, reason=f"no corpus of captured outputs at {ROOT}; set NETCOVER_CORPUS"
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['platform']}/{case['id']}")
def test_everything_expected_and_nothing_else(case):
    score = corpus.score_case(ROOT, case)
    assert not score.misses


def test_the_corpus_holds_cases():
    assert len(CASES) > 100
