#!/usr/bin/env python3
"""Writes an xclbin for XRT's software emulation: the kernels' shared object and the tables that XRT reads about it.

  xclbin.py OUT --object KERNELS.so --contract hls/abi/kernel.h [--kernel NAME:UNITS]... [--platform NAME] [--mode MODE]

Arguments and their registers are those of the contract; every kernel takes the same. One bank of memory."""
import argparse
import hashlib
import pathlib
import re
import struct

BITSTREAM, EMBEDDED_METADATA, MEM_TOPOLOGY, CONNECTIVITY, IP_LAYOUT = 0, 2, 6, 7, 8
HEADER_BYTES = 456  # up to the table of sections, whose entries have 40
SECTION_BYTES = 40
IP_KERNEL, MEM_DDR4 = 1, 1
MODES = {"card": 0, "hw_emu": 4, "sw_emu": 5}
BANK_KIB = 16 << 20
RANGE = 0x10000  # of a unit's registers
FIRST_BASE = 0x1800000


def registers(contract):
    """[(name, offset)] of the arguments in their order."""
    found = re.findall(r"TAUT_REGISTER_(\w+) = (0x[0-9A-F]+)", contract.read_text())
    return [(name.lower(), int(offset, 16)) for name, offset in found if name not in ("CONTROL", "BYTES")]


def units(kernels):
    """[(kernel, instance, base)] sorted by base."""
    out = []
    for name, count in kernels:
        for k in range(count):
            out.append((name, f"{name}_{k + 1}", FIRST_BASE + RANGE * len(out)))
    return out


def metadata(kernels, arguments, platform):
    lines = ['<?xml version="1.0" encoding="UTF-8"?>',
             '<project name="taut">',
             f'<platform vendor="taut" boardid="{platform}" name="{platform}" featureRomTime="0">',
             '<version major="0" minor="1"/><description/>',
             '<device name="fpga0" fpgaDevice="emulated" addrWidth="0">',
             '<core name="OCL_REGION_0" target="csim" type="clc_region" numComputeUnits="60">']
    for name, _ in kernels:
        lines += [f'<kernel name="{name}" language="c" attributes="" hwControlProtocol="ap_ctrl_hs" interrupt="false">',
                  f'<port name="M_AXI_GMEM" mode="master" range="0xFFFFFFFFFFFFFFFF" dataWidth="512" portType="addressable" base="0x0"/>',
                  f'<port name="S_AXI_CONTROL" mode="slave" range="{RANGE:#x}" dataWidth="32" portType="addressable" base="0x0"/>']
        for k, (argument, offset) in enumerate(arguments):
            pointer = k > 0
            size, kind = (8, "taut_word*") if pointer else (4, "uint")
            lines.append(f'<arg name="{argument}" addressQualifier="{int(pointer)}" id="{k}" '
                         f'port="{"M_AXI_GMEM" if pointer else "S_AXI_CONTROL"}" size="{size:#x}" offset="{offset:#x}" '
                         f'hostOffset="0x0" hostSize="{size:#x}" type="{kind}"/>')
        for owner, instance, base in units(kernels):
            if owner == name:
                lines.append(f'<instance name="{instance}"><addrRemap base="{base:#x}" range="{RANGE:#x}" port="S_AXI_CONTROL"/></instance>')
        lines.append("</kernel>")
    lines += ["</core></device></platform></project>", ""]
    return "\n".join(lines).encode()


def mem_topology():
    return struct.pack("<i4x", 1) + struct.pack("<BB6xQQ16s", MEM_DDR4, 1, BANK_KIB, 0, b"bank0")


def ip_layout(kernels):
    rows = [struct.pack("<IIQ64s", IP_KERNEL, 0, base, f"{name}:{instance}".encode()) for name, instance, base in units(kernels)]
    return struct.pack("<i4x", len(rows)) + b"".join(rows)


def connectivity(kernels, arguments):
    rows = [struct.pack("<iii", k, unit, 0) for unit in range(len(units(kernels))) for k in range(1, len(arguments))]
    return struct.pack("<i", len(rows)) + b"".join(rows)


def xclbin(sections, platform, mode):
    """sections: [(kind, name, data)]."""
    table, body = b"", b""
    start = HEADER_BYTES + SECTION_BYTES * len(sections)
    start += -start % 8
    for kind, name, data in sections:
        table += struct.pack("<I16s4xQQ", kind, name.encode(), start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 8)
    uuid = hashlib.sha256(body).digest()[:16]
    header = struct.pack("<8si28s256sQ", b"xclbin2\0", -1, b"\xff" * 28, b"\0" * 256, 1)
    header += struct.pack("<QQQHBBHHQQ64s16s16sI4x", start + len(body), 1, 0, 0, 2, 13, MODES[mode], 0, 0, 0, platform.encode(), uuid, b"", len(sections))
    assert len(header) == HEADER_BYTES
    return (header + table).ljust(start, b"\0") + body


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--object", type=pathlib.Path, required=True)
    parser.add_argument("--contract", type=pathlib.Path, required=True)
    parser.add_argument("--kernel", action="append", help="NAME:UNITS")
    parser.add_argument("--platform", default="taut_emulation")
    parser.add_argument("--mode", choices=MODES, default="sw_emu")
    args = parser.parse_args()
    kernels = [(name, int(count or 1)) for name, _, count in (k.partition(":") for k in args.kernel)]
    arguments = registers(args.contract)
    assert len(arguments) == 7 and arguments[0][0] == "abi", arguments
    args.out.write_bytes(xclbin([
        (EMBEDDED_METADATA, "metadata", metadata(kernels, arguments, args.platform)),
        (MEM_TOPOLOGY, "mem_topology", mem_topology()),
        (IP_LAYOUT, "ip_layout", ip_layout(kernels)),
        (CONNECTIVITY, "connectivity", connectivity(kernels, arguments)),
        (BITSTREAM, "kernels", args.object.read_bytes()),
    ], args.platform, args.mode))


if __name__ == "__main__":
    main()
