//! Words beside rows that are cut to the reader's carriers (数据范围).

pub(super) const WORDS: &[(&str, &str, &str)] = &[
    ("scope.own", "仅列出本载体单位的", "Your own carriers’ only"),
    ("scope.none", "没有可供查看的记录：这里仅列出本载体单位的", "Nothing for you to see: only your own carriers’ rows are listed here"),
    (
        "scope.marks",
        "看板上的数是全市的，这里仅列出本载体单位的项目，所以个数可能较少。",
        "Figures on the boards are the city’s; only your own carriers’ projects are listed here, so there may be fewer.",
    ),
];
