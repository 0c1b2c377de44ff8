"""Walks of made-up devices, in the shapes that real agents give them."""

ENTITY = ".1.3.6.1.2.1.47.1.1.1.1"
CLASSES = {"stack": 11, "chassis": 3, "psu": 6, "fan": 7, "module": 9, "port": 10, "other": 1}
COLUMNS = {
    "descr": 2,
    "inside": 4,
    "cls": 5,
    "name": 7,
    "vid": 8,
    "version": 10,
    "serial": 11,
    "pid": 13,
}


def quoted(text):
    return f'STRING: "{text}"' if text else '""'


def walk(descr, product, *rows, extra=()):
    """`rows` are (index, columns); `extra` are (oid, value as printed)."""
    lines = [(".1.3.6.1.2.1.1.1.0", quoted(descr))]
    if product:
        lines.append((".1.3.6.1.2.1.1.2.0", f"OID: .1.3.6.1.4.1.9.1.{product}"))
    for index, columns in rows:
        for name, value in columns.items():
            if name == "cls":
                printed = f"INTEGER: {CLASSES[value]}"
            elif name == "inside":
                printed = f"INTEGER: {value}"
            else:
                printed = quoted(value)
            lines.append((f"{ENTITY}.{COLUMNS[name]}.{index}", printed))
    return "".join(f"{oid} = {value}\n" for oid, value in (*lines, *extra))


def stack_role(index, number, role, state=4):
    base = ".1.3.6.1.4.1.9.9.500.1.2.1.1"
    cells = ((1, number), (3, role), (6, state))
    return [(f"{base}.{c}.{index}", f"INTEGER: {v}") for c, v in cells]


def failover(own="primary", primary=9, secondary=10):
    base = ".1.3.6.1.4.1.9.9.147.1.2.1.1.1"
    found = []
    for last, unit, state in ((6, "primary", primary), (7, "secondary", secondary)):
        here = " (this device)" if unit == own else ""
        found += [
            (f"{base}.2.3.{last}", quoted(f"{unit.title()} unit{here}")),
            (f"{base}.3.3.{last}", f"INTEGER: {state}"),
        ]
    return found


def access_point(last, name, pid, serial, version):
    base = ".1.3.6.1.4.1.14179.2.2.1.1"
    cells = ((3, name), (16, pid), (17, serial), (31, version))
    return [(f"{base}.{c}.2.0.0.0.1.{last}", quoted(v)) for c, v in cells]


IOS_XE = (
    "Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE),"
    " Version 17.9.4a, RELEASE SOFTWARE (fc3)"
)
STACK = walk(
    IOS_XE,
    2494,
    (
        1,
        {
            "cls": "stack",
            "inside": 0,
            "name": "c93xx Stack",
            "serial": "ZZT26010002",
            "pid": "C9300-48P",
        },
    ),
    (
        1000,
        {
            "cls": "chassis",
            "inside": 1,
            "name": "Switch 1",
            "serial": "ZZT26010001",
            "pid": "C9300-24T",
            "version": "17.09.04a",
        },
    ),
    (
        1001,
        {
            "cls": "port",
            "inside": 1000,
            "name": "StackPort1/1",
            "serial": "ZZT26010009",
            "pid": "STACK-T1-50CM",
        },
    ),
    (
        1015,
        {
            "cls": "psu",
            "inside": 1000,
            "name": "Switch 1 - Power Supply A",
            "serial": "ZZT26010003",
            "pid": "PWR-C1-715WAC",
        },
    ),
    (
        2000,
        {
            "cls": "chassis",
            "inside": 1,
            "name": "Switch 2",
            "serial": "ZZT26010002",
            "pid": "C9300-48P",
            "version": "Everest 16.6.7",
        },
    ),
    (
        2001,
        {
            "cls": "port",
            "inside": 2000,
            "name": "StackPort2/1",
            "serial": "ZZT26010009",
            "pid": "STACK-T1-50CM",
        },
    ),
    (
        3000,
        {
            "cls": "chassis",
            "inside": 1,
            "name": "Switch 3",
            "serial": "",
            "pid": "C9300-24T",
            "descr": "C9300-24T - Provisioned",
        },
    ),
    extra=[*stack_role(1000, 1, 4), *stack_role(2000, 2, 1), *stack_role(3000, 3, 3, 9)],
)
