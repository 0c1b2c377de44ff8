"""A minimal XLSB workbook, as a spreadsheet writes it: there is no library that makes one."""

import struct
import zipfile

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="bin"'
    ' ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{kind}" Target="{target}"/></Relationships>'
)


def write_xlsb(path, rows, sheet="Sheet1"):
    """One sheet; strings and numbers stay what they are, None leaves a cell out."""
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", _TYPES)
        root = _RELATIONS.format(kind="officeDocument", target="xl/workbook.bin")
        book.writestr("_rels/.rels", root)
        sheets = _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.bin")
        book.writestr("xl/_rels/workbook.bin.rels", sheets)
        bundle = struct.pack("<II", 0, 1) + _text("rId1") + _text(sheet)
        book.writestr(
            "xl/workbook.bin",
            _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(132),
        )
        book.writestr("xl/worksheets/sheet1.bin", _sheet(rows))
    return path


def _sheet(rows):
    width = max(map(len, rows))
    found = _record(129)
    found += _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
    found += _record(145)
    for number, cells in enumerate(rows):
        found += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        for column, cell in enumerate(cells):
            place = struct.pack("<II", column, 0)
            if isinstance(cell, str):
                found += _record(6, place + _text(cell))
            elif cell is not None:
                found += _record(5, place + struct.pack("<d", cell))
    return found + _record(146) + _record(130)


def _text(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind, content=b""):
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(content)
    while True:
        length, low = length >> 7, length & 0x7F
        size += bytes([low | (0x80 if length else 0)])
        if not length:
            return head + size + content
