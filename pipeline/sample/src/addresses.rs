//! Made-up registered addresses (注册地址) and source regions, as clerks write them.

use crate::draw::Draw;
use crate::places::Place;

/// A made-up registered address (注册地址) at a place; only the divisions in it are real.
pub fn address(draw: &mut Draw, place: &Place) -> String {
    let number = draw.between(1, 288);
    let street = match draw.below(4) {
        0 => format!("示例路{number}号"),
        1 => format!("示例大道{number}号"),
        2 => format!("示例工业园{}栋", number % 30 + 1),
        _ => format!("示例路{number}号示例大厦{}层", number % 20 + 2),
    };
    let Place { province, city, county, zone, .. } = place;
    match place.country {
        "DE" => return format!("德国巴伐利亚州慕尼黑示例街{number}号"),
        "US" => return format!("美国加利福尼亚州示例大街{number}号"),
        "JP" => return format!("日本大阪府示例町{number}号"),
        "SG" => return format!("新加坡示例路{number}号"),
        "KR" => return format!("韩国京畿道示例路{number}号"),
        _ => {}
    }
    if place.province_code == "810000" {
        return format!("香港九龙示例道{number}号示例中心");
    }
    if !zone.is_empty() {
        return format!("{zone}{street}");
    }
    match draw.below(100) {
        0..=24 => format!("{}{county}{street}", if city.is_empty() { province } else { city }),
        25..=59 if place.county_stands_alone() => format!("{province}{county}{street}"),
        _ => format!("{province}{city}{county}{street}"),
    }
}

/// What a clerk writes into the column of source regions.
pub fn region_text(draw: &mut Draw, place: &Place) -> String {
    match place.country {
        "DE" => return "德国".to_owned(),
        "US" => return "美国".to_owned(),
        "JP" => return "日本".to_owned(),
        "SG" => return "新加坡".to_owned(),
        "KR" => return "韩国".to_owned(),
        _ => {}
    }
    match draw.below(3) {
        0 => place.short_province().to_owned(),
        1 => format!("{}{}", place.province, place.city),
        _ if place.city.is_empty() => place.province.to_owned(),
        _ => format!("{}{}", place.short_province(), place.short_city()),
    }
}
