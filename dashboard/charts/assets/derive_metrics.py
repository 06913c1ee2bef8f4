"""Derive qunlian-metrics.otf: advance widths only, from Noto Sans CJK SC (see README.md)."""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont

SIMPLIFIED_CHINESE_FACE = 2  # faces of the collection: 0 JP, 1 KR, 2 SC, 3 TC, 4 HK
FAMILY = "Qunlian Metrics"
# The SVG backend of plotters writes font-size = size / 1.24 while its measurer scales the font so
# that ascent - descent = size. A font 1.24 em tall makes both agree.
ASCENT, DESCENT = 980, -260

UNICODES = [
    *range(0x20, 0x7F),  # ASCII
    *range(0xA0, 0x100),  # Latin-1
    *range(0x2010, 0x2028),  # dashes, quotes, bullets, ellipsis
    *range(0x2030, 0x203C),  # per mille, primes, guillemets
    *range(0x3000, 0x3020),  # CJK punctuation
    *range(0xFF61, 0xFF66),  # half-width CJK punctuation
]


def main(source, target):
    font = TTFont(source, fontNumber=SIMPLIFIED_CHINESE_FACE, recalcTimestamp=False)
    options = subset.Options(layout_features=[], notdef_outline=False, name_IDs=[0, 13, 14])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)

    units = font["head"].unitsPerEm
    font["hmtx"][".notdef"] = (units, 0)  # what is not in the font (Han characters) is 1 em wide
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ASCENT, DESCENT, 0
    os2 = font["OS/2"]
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ASCENT, DESCENT, 0
    os2.usWinAscent, os2.usWinDescent = ASCENT, -DESCENT

    names = font["name"]
    for name_id, text in ((1, FAMILY), (2, "Regular"), (3, FAMILY), (4, FAMILY), (6, "QunlianMetrics")):
        names.setName(text, name_id, 3, 1, 0x409)

    # Only widths are measured: outlines and layout rules would be dead weight.
    keep = {"GlyphOrder", "head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "name", "post"}
    for tag in list(font.keys()):
        if tag not in keep:
            del font[tag]
    font["post"].formatType = 3.0
    font["maxp"].tableVersion = 0x00005000
    font.save(target)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
