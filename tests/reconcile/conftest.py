from datetime import date

import pytest


@pytest.fixture
def days():
    return date(2027, 1, 31), date(2028, 1, 31)
