"""Cuts the embedded fonts out of Noto CJK: see README.md beside this file.

usage: derive_fonts.py <font.ttc> <family> <out.otf> <folder of data> <Unihan_OtherMappings.txt.bz2>
"""

import bz2
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

SIMPLIFIED_CHINESE = 2  # face of the collection
# Beyond GB 2312: minus, squared and cubic metre, numero, bullet, tick, euro, per mille of tables and notes.
MARKS = "−㎡㎥㎜㎝㎞㎏№•✓€‰–‑①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def wanted(data, unihan):
    points = {ord(mark) for mark in MARKS} | set(range(0x20, 0x7F)) | set(range(0xA0, 0x180))
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                points.add(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    with bz2.open(unihan, "rt", encoding="utf-8") as lines:
        general = {int(line.split("\t")[0][2:], 16) for line in lines if "\tkTGH\t" in line}
    assert len(general) == 8105
    points |= general
    for path in pathlib.Path(data).rglob("*"):
        if path.suffix in (".toml", ".csv", ".tsv", ".txt"):
            points |= {ord(character) for character in path.read_text(encoding="utf-8")}
    return points


def main(source, family, out, data, unihan):
    points = wanted(data, unihan)
    font = TTFont(source, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)
    options = subset.Options(hinting=False, notdef_outline=True, layout_features=[], name_IDs=[0, 1, 2, 4, 6, 13, 14])
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    for table in font["cmap"].tables:
        if 0x2500 in table.cmap:
            table.cmap[0x2014] = table.cmap[0x2500]
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = family
        if record.nameID == 6:
            record.string = family.replace(" ", "") + "-Regular"
    font.save(out)
    missing = sorted(point for point in points - set(font.getBestCmap()) if point > 0x17F)
    print(out, len(font.getBestCmap()), "characters; not in the source:", "".join(map(chr, missing)))


main(*sys.argv[1:])
