"""Numbers for Prometheus: they are those of the findings, and unknown is one of them."""

import math
from collections import Counter

from prometheus_client.parser import text_string_to_metric_families

from agent.reports import render


def samples(report, folder):
    """By metric, the labels and the value of each sample."""
    (path,) = render(report, "metrics", folder)
    return {
        family.name: [(sample.labels, sample.value) for sample in family.samples]
        for family in text_string_to_metric_families(path.read_text())
    }


def test_findings_are_counted(report, tmp_path):
    found = samples(report, tmp_path)["netcover_findings"]
    told = Counter(f.status for f in report.findings if f.status != "not_applicable")
    counted = Counter()
    for labels, value in found:
        counted[labels["status"]] += value
    assert counted["not_reviewed"] == told["not_reviewed"] > 0
    assert counted["open"] + counted["waived"] == told["open"] > 0


def test_hosts_are_counted_by_state(report, tmp_path):
    found = samples(report, tmp_path)["netcover_hosts"]
    by_state = Counter()
    for labels, value in found:
        by_state[labels["state"]] += value
    assert by_state["unread"] == len(report.sweep.unreached) > 0
    assert sum(by_state.values()) == len(report.sweep.hosts)


def test_the_age_of_data_without_a_day_is_not_a_number(report, tmp_path):
    found = samples(report, tmp_path)["netcover_data_age_days"]
    dated = {age.source: age.dated for age in report.data_ages}
    assert found
    for labels, value in found:
        day = dated[labels["source"]]
        assert math.isnan(value) if day is None else value == (report.run_day - day).days


def test_every_metric_says_what_it_counts(report, tmp_path):
    (path,) = render(report, "metrics", tmp_path)
    text = path.read_text()
    names = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if line[0] != "#"}
    assert all(f"# HELP {name} " in text for name in names)
