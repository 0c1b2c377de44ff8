"""What formats share is made once while they are written, and kept no longer."""

from agent.reports.shared import shared, sharing


def test_made_once_inside_and_each_time_outside(report, complete_report):
    made = []

    @shared
    def count(told):
        made.append(told)
        return len(told.assets)

    with sharing():
        assert count(report) == count(report) == len(report.assets)
        assert count(complete_report) == len(complete_report.assets)
        assert len(made) == 2
    with sharing():
        count(report)
    count(report)
    assert len(made) == 4
