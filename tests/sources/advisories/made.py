"""Made-up advisory documents in the published shapes; ids, releases and texts are invented."""

import copy
import json

CVE = {
    "dataType": "CVE_RECORD",
    "cveMetadata": {
        "cveId": "CVE-2099-0001",
        "state": "PUBLISHED",
        "assignerShortName": "cisco",
        "datePublished": "2026-01-07T16:00:00.000Z",
        "dateUpdated": "2026-03-02T10:00:00.123Z",
    },
    "containers": {
        "cna": {
            "providerMetadata": {"shortName": "cisco", "dateUpdated": "2026-02-01T08:00:00.000Z"},
            "source": {"advisory": "cisco-sa-made-up-Ab12Cd34", "defects": ["CSCmu00002"]},
            "metrics": [{"cvssV3_1": {"baseSeverity": "HIGH"}}],
            "affected": [
                {
                    "product": "Cisco IOS XE Software",
                    "versions": [
                        {"version": "17.09.04", "status": "affected"},
                        {"version": "17.9.4a", "status": "affected"},
                        {"version": "17.9.5", "status": "unaffected"},
                    ],
                },
                {
                    "product": "Cisco Secure Firewall Adaptive Security Appliance (ASA) Software",
                    "versions": [{"version": "9.16.4.57", "status": "affected"}],
                },
            ],
            "references": [
                {"url": "https://example.net/other", "name": "other"},
                {"url": "https://example.net/advisory", "name": "cisco-sa-made-up-Ab12Cd34"},
            ],
            "descriptions": [{"value": "A made-up fault in a made-up feature. It does nothing."}],
        },
        "adp": [
            {
                "providerMetadata": {"shortName": "CISA-ADP"},
                "metrics": [
                    {
                        "other": {
                            "type": "ssvc",
                            "content": {
                                "options": [
                                    {"Exploitation": "active"},
                                    {"Automatable": "yes"},
                                    {"Technical Impact": "total"},
                                ]
                            },
                        }
                    },
                    {"other": {"type": "kev", "content": {"dateAdded": "2026-01-09"}}},
                ],
                "affected": [
                    {
                        "product": "asa",
                        "versions": [
                            {"version": "9.1", "status": "affected", "lessThanOrEqual": "9.99"}
                        ],
                    }
                ],
            }
        ],
    },
}

KEV = {
    "catalogVersion": "2026.03.01",
    "dateReleased": "2026-03-01T12:00:00.0000Z",
    "vulnerabilities": [
        {"cveID": "CVE-2099-0001", "dateAdded": "2026-01-09", "dueDate": "2026-01-30"},
        {
            "cveID": "CVE-2099-0002",
            "dateAdded": "2026-02-09",
            "dueDate": "2026-02-12",
            "forensicTriage": "Yes",
        },
    ],
}

OPENVULN = {
    "advisories": [
        {
            "advisoryId": "cisco-sa-made-up-Ab12Cd34",
            "advisoryTitle": "A  Made-up\nAdvisory",
            "bugIDs": ["CSCmu00001"],
            "cves": ["CVE-2099-0001"],
            "firstPublished": "2026-01-07T16:00:00",
            "lastUpdated": "2026-01-20T16:00:00",
            "productNames": ["Cisco IOS XE Software 17.9.4", "Cisco IOS 15.2(7)E1"],
            "publicationUrl": "https://example.net/advisory",
            "sir": "Critical",
            "firstFixed": ["17.9.6a", "17.12.4", "15.2(7)E9"],
        },
        {
            "advisoryId": "cisco-sa-made-up-firewall",
            "advisoryTitle": "Another one",
            "cves": ["CVE-2099-0003"],
            "firstPublished": "2026-01-07T16:00:00",
            "lastUpdated": "2026-01-20T16:00:00",
            "productNames": [
                "Cisco Firepower Threat Defense Software 7.2.5",
                "Cisco Adaptive Security Appliance (ASA) Software 9.20.3.7",
            ],
            "publicationUrl": "NA",
            "sir": "Informational",
            "platforms": [
                {
                    "name": "Firepower 2100 Series",
                    "firstFixes": [{"name": "7.2.9"}, {"name": "9.20.3.16"}],
                },
                {"name": "Never Heard Of", "firstFixes": None},
            ],
        },
    ]
}

FIXED_NOTE = """Cisco has released free software updates that address this.

 Fixed Releases
        Cisco IOS Software Release  First Fixed Release          15.2E  15.2(7)E12 (Mar 2026)
        Cisco IOS XE Software Release  First Fixed Release          16.12 and earlier  Migrate to \
a fixed release.      17.9  17.9.7 (Mar 2026)      17.12  17.12.5      17.18  Not affected.
For more, see elsewhere.
Cisco ASA Software Release  First Fixed Release for This  First Fixed Release for All  9.16  \
9.16.4.84  9.16.4.85  9.18  9.18.4.50  Migrate to a fixed release.
"""

CSAF = {
    "document": {
        "csaf_version": "2.0",
        "title": "A made-up document",
        "aggregate_severity": {"text": "Critical"},
        "tracking": {
            "id": "cisco-sa-made-up-csaf",
            "initial_release_date": "2026-01-05T16:00:00+00:00",
            "current_release_date": "2026-02-05T16:00:00+00:00",
        },
        "notes": [{"title": "Fixed Software", "text": FIXED_NOTE}],
        "references": [{"category": "self", "url": "https://example.net/csaf"}],
    },
    "product_tree": {
        "branches": [
            {
                "category": "vendor",
                "name": "Cisco",
                "branches": [
                    {
                        "category": "product_family",
                        "name": "Cisco IOS XE Software",
                        "branches": [
                            {
                                "category": "product_version",
                                "name": "17.9",
                                "branches": [
                                    {
                                        "category": "service_pack",
                                        "name": "17.9.4",
                                        "product": {"product_id": "P-1"},
                                    }
                                ],
                            }
                        ],
                    },
                    {
                        "category": "product_family",
                        "name": "Cisco Adaptive Security Appliance (ASA) Software",
                        "product": {"product_id": "P-2"},
                    },
                    {
                        "category": "product_family",
                        "name": "Cisco IOS XR Software",
                        "product": {"product_id": "P-3"},
                    },
                ],
            }
        ],
        "relationships": [{"product_reference": "P-1", "full_product_name": {"product_id": "P-4"}}],
    },
    "vulnerabilities": [
        {
            "cve": "CVE-2099-0004",
            "title": "Made up",
            "ids": [{"system_name": "Cisco Bug ID", "text": "CSCmu00004"}],
            "product_status": {"known_affected": ["P-4", "P-2", "P-3"]},
            "scores": [{"cvss_v3": {"baseSeverity": "HIGH"}}],
        },
        {"title": "without a CVE", "product_status": {"known_affected": ["P-1"]}},
    ],
}


def changed(document, *path_and_value):
    """A copy of `document` with one value replaced: changed(CVE, "a", "b", value)."""
    copied = copy.deepcopy(document)
    *path, last, value = path_and_value
    part = copied
    for key in path:
        part = part[key]
    part[last] = value
    return copied


def save(folder, name, content):
    """Write `content` as JSON, or as it is where it is text."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
