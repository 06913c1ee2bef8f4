//! Places among peers (名次): equals share a place, and who has no score has none.

use crate::figures::round_half_up;

/// Places for scores as printed with `decimals`, highest first: 90.004 and 90.001 both print 90.00 and share a place,
/// and the next place is left out (1, 1, 3). `None` is not ranked. Source: domain rule 7.
pub(super) fn places(scores: &[Option<f64>], decimals: usize) -> Vec<Option<usize>> {
    let printed: Vec<Option<f64>> = scores.iter().map(|score| score.map(|score| round_half_up(score, decimals))).collect();
    let mut sorted: Vec<f64> = printed.iter().flatten().copied().collect();
    sorted.sort_by(|left, right| right.total_cmp(left));
    printed.iter().map(|score| score.map(|score| 1 + sorted.partition_point(|other| *other > score))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_share_their_place_and_none_is_not_ranked() {
        let check = |scores: &[Option<f64>], expect: &[Option<usize>]| assert_eq!(places(scores, 2), expect, "{scores:?}");
        check(&[Some(80.0), Some(90.0), None, Some(90.0), Some(70.0)], &[Some(3), Some(1), None, Some(1), Some(4)]);
        check(&[Some(90.001), Some(90.004), Some(90.005)], &[Some(2), Some(2), Some(1)]);
        // 0.1 + 0.2 is not 0.3 to a machine.
        check(&[Some(0.1 + 0.2), Some(0.3)], &[Some(1), Some(1)]);
        check(&[None, None], &[None, None]);
        check(&[], &[]);
    }
}
