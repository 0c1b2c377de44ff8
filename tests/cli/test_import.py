"""``netcover import`` as a user runs it: what it shows, keeps, refuses and hands back to mend."""

import csv
import json
import shutil

HEADINGS = "Contract Number,Serial Number,Product ID,Service Level,Start Date,End Date,Site"
ROWS = (
    "900001,TST26050001,C9300-48P-A,SNT,2026-01-01,2027-12-31,north",
    "900001,TST26050002,C9300-48P-A,ZZTOP,2026-01-01,soon,north",
    "900001,TST26050003 ,C9300-48P-A,ZZTOP,2026-01-01,2027-12-31,north",
)


def write(project, name, *rows, headings=HEADINGS):
    (project.folder / name).write_text("\n".join((headings, *rows, "")))


def test_a_dry_run_shows_everything_and_keeps_nothing(project):
    write(project, "a.csv", *ROWS, headings=HEADINGS.replace("Site", "Sites"))
    done = project.run("import", "contracts", "a.csv", "--dry-run", "--data-date", "2026-11-01")
    assert done.returncode == 3
    shown = done.stdout.splitlines()
    assert "Serial Number    serial" in shown
    assert "Sites            not used; resembles site: --map 'Sites=site' or --accept" in shown
    told = done.stderr.splitlines()
    assert told[0].startswith("rejected  a.csv row 3: End Date: 'soon' is not a date")
    assert told[1] == (
        "look at   a.csv row 4: serial 'TST26050003 ' has blanks around it; read as 'TST26050003'"
    )
    assert "a.csv: table, data of 2026-11-01 (declared), all sites" in told
    assert "note      service level 'ZZTOP' is not known (1 line): unproven" in told
    assert told[-1] == "1 file: 2 rows would be taken, 1 rejected, 1 to look at"
    assert not (project.folder / "netcover.db").exists()


def test_rejected_rows_are_mended_and_added(project):
    write(project, "a.csv", *ROWS)
    first = project.run("import", "contracts", "a.csv", "--rejects", "mend.csv")
    assert first.stdout.startswith("a.csv: 2 rows new or changed")
    with (project.folder / "mend.csv").open(newline="") as file:
        headings, row = csv.reader(file)
    assert headings == ["Rejected Row", "Rejected Reason", *HEADINGS.split(",")]
    assert row[0] == "a.csv row 3"
    mended = (project.folder / "mend.csv").read_text().replace(",soon,", ",2027-12-31,")
    (project.folder / "mend.csv").write_text(mended)
    again = project.run("import", "contracts", "mend.csv")
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("mend.csv: 1 row new or changed, 0 as before, 0 superseded")


def test_without_rejects_there_is_no_file_and_twice_is_once(project):
    write(project, "a.csv", ROWS[0])
    first = project.run("import", "contracts", "a.csv", "--rejects", "mend.csv")
    assert first.returncode == 0
    assert not (project.folder / "mend.csv").exists()
    again = project.run("import", "contracts", "a.csv")
    assert again.stdout == "a.csv: known already, nothing changed\n"


def test_columns_by_the_users_word(project):
    write(project, "a.csv", "TST26050001,2027-12-31,SNT", headings="Device,Until,Service Levl")
    refused = project.run("import", "contracts", "a.csv")
    assert refused.returncode == 2
    assert "no heading row with 'Serial Number'" in refused.stderr
    words = ("--map", "Device=serial", "--map", "Until=end", "--accept", "--dry-run")
    done = project.run("import", "contracts", "a.csv", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        "column        taken as",
        "Device        serial",
        "Until         end",
        "Service Levl  service_level",
    ]
    gone = project.run("import", "contracts", "a.csv", *words[:4], "--map", "Gadget=pid")
    assert gone.returncode == 2
    assert gone.stderr.startswith("netcover: a.csv: --map Gadget=pid: no such heading; seen: '")
    wrong = project.run("import", "contracts", "a.csv", "--map", "Device")
    assert "--map 'Device': write it as 'Heading=field'" in wrong.stderr


def test_complete_files_end_what_they_do_not_name(project):
    write(project, "old.csv", ROWS[0], ROWS[0].replace("900001", "900002"))
    write(project, "new.csv", ROWS[0])
    project.run("import", "contracts", "old.csv")
    done = project.run("import", "contracts", "new.csv", "--complete")
    assert done.stdout.splitlines()[-1] == "complete: 1 row of other files superseded"


def test_a_spelling_that_is_known_otherwise_is_named(project):
    write(project, "a.csv", ROWS[0])
    write(project, "b.csv", ROWS[0].replace("900001", "900002").replace("TST2605", "TST26O5"))
    project.run("import", "contracts", "a.csv")
    done = project.run("import", "contracts", "b.csv")
    assert (
        "look at   b.csv row 2: serial TST26O50001 is known elsewhere as TST26050001"
        in done.stderr.splitlines()
    )


def test_products_trains_and_answers_in_one_command(project):
    write(project, "p.csv", "EX-1,2026-01-31,2031-01-31",
          headings="pid,end_of_sale,last_date_of_support")  # fmt: skip
    write(project, "t.csv", "asa,9.16,2027-01-31", headings="os,train,last_date_of_support")
    record = {"EOLProductID": "EX-2", "LastDateOfSupport": {"value": "2030-01-31"}}
    (project.folder / "e.json").write_text(json.dumps({"EOXRecord": [record]}))
    done = project.run("import", "eox", "p.csv", "t.csv", "e.json")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "3 files: 3 rows taken, 0 rejected"


def test_openeox_goes_out_and_comes_back(project):
    headings = "pid,end_of_sale,end_of_vuln_security_support,last_date_of_support"
    rows = ("EX-1,2026-01-31,2030-01-31,2031-01-31", "EX-2,2026-01-31,,2031-01-31")
    write(project, "p.csv", *rows, headings=headings)
    project.run("import", "eox", "p.csv")
    done = project.run("export", "openeox", "-o", "eox.json")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        "left out  EX-2: end of security support not known",
        "1 statements written, 1 products left out",
    ]
    back = project.run("import", "eox", "eox.json")
    assert back.stderr.splitlines()[-1] == "1 file: 1 row taken, 0 rejected"


def test_explain_tells_the_path_the_rights_and_the_answer(swept, project):
    shutil.copytree(swept.folder, project.folder, dirs_exist_ok=True)
    swept = project  # what is imported here is not for other tests
    answer = {"sr_no": "TST26050003", "is_covered": "YES", "sr_no_owner": "NO"}
    (swept.folder / "owner.json").write_text(json.dumps({"serial_numbers": [answer]}))
    swept.run("import", "contracts", "owner.json")
    hidden = swept.run("explain", "TST26050003", "--as-of", "2026-11-24")
    assert "so it is not visible: owner.json: SN2INFO says covered and shows no" in hidden.stdout
    covered = swept.run("explain", "TST26050001", "--as-of", "2026-11-24").stdout
    assert "tac yes, rma yes, os software yes, application software no, 8x5xNBD" in covered
