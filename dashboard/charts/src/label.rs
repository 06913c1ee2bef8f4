//! Labels that never overlap (标签避让): boxes in the plot and a column beside it.

/// A rectangle in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Area {
    pub(crate) fn overlaps(&self, other: &Area) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn holds(&self, inner: &Area) -> bool {
        self.left <= inner.left && inner.right <= self.right && self.top <= inner.top && inner.bottom <= self.bottom
    }

    fn shifted(&self, down: f64) -> Area {
        Area { top: self.top + down, bottom: self.bottom + down, ..*self }
    }

    /// Whether a line between two points touches the area (tested at 12 points, enough for labels).
    fn is_crossed_by(&self, line: &[(f64, f64)]) -> bool {
        line.windows(2).any(|ends| {
            let [(x0, y0), (x1, y1)] = [ends[0], ends[1]];
            (0..=12).any(|step| {
                let share = f64::from(step) / 12.0;
                let (x, y) = (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share);
                self.left <= x && x <= self.right && self.top <= y && y <= self.bottom
            })
        })
    }
}

/// Middles of labels stacked in one column, `step` apart between `top` and `bottom`: crowded labels
/// spread evenly around the mean of their wishes. More labels than fit are squeezed.
pub(crate) fn column(wishes: &[f64], step: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|one, other| wishes[*one].total_cmp(&wishes[*other]));
    let room = (bottom - top).max(0.0);
    let step = step.min(room / wishes.len().max(1) as f64);
    // Blocks of touching labels: (start of the first label, number of labels).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for place in &order {
        blocks.push((wishes[*place] - step / 2.0, 1));
        while let [.., above, below] = blocks.as_slice() {
            let (above, below) = (*above, *below);
            if above.0 + step * above.1 as f64 <= below.0 {
                break;
            }
            let count = above.1 + below.1;
            let shifted_below = below.0 - step * above.1 as f64;
            let start = (above.0 * above.1 as f64 + shifted_below * below.1 as f64) / count as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((start, count));
        }
    }
    let mut sorted: Vec<f64> = Vec::with_capacity(wishes.len());
    for (start, count) in blocks {
        sorted.extend((0..count).map(|place| start + step * (place as f64 + 0.5)));
    }
    keep_inside(&mut sorted, step, top, bottom);
    let mut middles = vec![0.0; wishes.len()];
    for (place, middle) in order.into_iter().zip(sorted) {
        middles[place] = middle;
    }
    middles
}

/// Pushes sorted middles down from the top and up from the bottom, keeping them `step` apart.
fn keep_inside(sorted: &mut [f64], step: f64, top: f64, bottom: f64) {
    let mut free_from = top + step / 2.0;
    for middle in sorted.iter_mut() {
        *middle = middle.max(free_from);
        free_from = *middle + step;
    }
    let mut free_to = bottom - step / 2.0;
    for middle in sorted.iter_mut().rev() {
        *middle = middle.min(free_to);
        free_to = *middle - step;
    }
}

/// Chooses the best place for a label among `wishes` (boxes in order of liking) and their shifts up
/// and down: inside `bounds`, clear of `taken`, touching as few `lines` as possible.
pub(crate) fn place(wishes: &[Area], taken: &[Area], lines: &[Vec<(f64, f64)>], bounds: &Area) -> Option<Area> {
    let mut best: Option<(f64, Area)> = None;
    for (rank, wish) in wishes.iter().enumerate() {
        for step in -40..=40 {
            let shift = f64::from(step) * 4.0;
            let area = wish.shifted(shift);
            if !bounds.holds(&area) || taken.iter().any(|other| other.overlaps(&area)) {
                continue;
            }
            let crossings = lines.iter().filter(|line| area.is_crossed_by(line)).count();
            let cost = shift.abs() + 14.0 * rank as f64 + 40.0 * crossings as f64;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, area));
            }
        }
    }
    best.map(|(_, area)| area)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_column_never_overlaps_and_stays_inside(wishes in prop::collection::vec(-500.0..900.0_f64, 0..12)) {
            let middles = column(&wishes, 16.0, 30.0, 230.0);
            let mut sorted = middles.clone();
            sorted.sort_by(f64::total_cmp);
            for pair in sorted.windows(2) {
                prop_assert!(pair[1] - pair[0] >= 16.0 - 1e-6, "{sorted:?}");
            }
            for middle in middles {
                prop_assert!((38.0 - 1e-6..=222.0 + 1e-6).contains(&middle));
            }
        }
    }

    #[test]
    fn labels_keep_their_wish_when_nothing_is_in_the_way() {
        assert_eq!(column(&[50.0, 150.0], 16.0, 0.0, 200.0), vec![50.0, 150.0]);
        assert_eq!(column(&[50.0, 50.0], 16.0, 0.0, 200.0), vec![42.0, 58.0]);
        assert_eq!(column(&[50.0, 58.0, 120.0], 16.0, 0.0, 200.0), vec![46.0, 62.0, 120.0]);
        assert_eq!(column(&[199.0, 198.0], 16.0, 0.0, 200.0), vec![192.0, 176.0]);
    }

    #[test]
    fn a_label_moves_off_a_line_and_off_its_neighbour() {
        let wish = Area { left: 10.0, top: 90.0, right: 50.0, bottom: 106.0 };
        let bounds = Area { left: 0.0, top: 0.0, right: 200.0, bottom: 200.0 };
        let line = vec![(0.0, 100.0), (200.0, 100.0)];
        let free = place(&[wish], &[], std::slice::from_ref(&line), &bounds).unwrap();
        assert!(free.bottom < 100.0 || free.top > 100.0, "{free:?}");
        let second = place(&[wish], &[free], &[line], &bounds).unwrap();
        assert!(!second.overlaps(&free));
    }
}
