from tests.reports.conftest import *  # noqa: F403 - the made-up estate of reports
