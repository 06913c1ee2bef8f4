//! The floor of the benchmark: polars scans landing csv files and writes Parquet, with no logic at all.
//!
//! `floor OUT.parquet SHEET.csv...`

use polars::prelude::*;
use qunlian_domain::landing::{COLUMNS, LandingType};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("usage: floor OUT.parquet SHEET.csv...")?;
    let dtype = |kind: LandingType| match kind {
        LandingType::Text => DataType::String,
        LandingType::Int | LandingType::Flag => DataType::Int64,
        LandingType::Key => DataType::UInt64,
        LandingType::Date => DataType::Date,
    };
    let schema: Schema = COLUMNS.iter().map(|(name, kind)| Field::new((*name).into(), dtype(*kind))).collect();
    let mut paths = Vec::new();
    for path in arguments {
        paths.push(PlRefPath::try_from_pathbuf(path.into())?);
    }
    let options = ParquetWriteOptions { compression: ParquetCompression::Snappy, ..Default::default() };
    LazyCsvReader::new_paths(paths.into())
        .with_schema(Some(schema.into()))
        .with_has_header(true)
        .with_glob(false)
        .finish()?
        .sink(
            SinkDestination::File { target: SinkTarget::Path(PlRefPath::try_from_pathbuf(out.clone().into())?) },
            FileWriteFormat::Parquet(options.into()),
            UnifiedSinkArgs::default(),
        )?
        .collect_with_engine(Engine::Streaming)?;
    // What is published is on the disk; the floor must be, too.
    std::fs::File::open(out)?.sync_all()?;
    Ok(())
}
