//! What a page keeps of a run of any length, in bounded memory and the same for the same records.

/// Every item while there are few, every second, fourth, ... when there are many.
#[derive(Clone, Debug)]
pub(super) struct Thinned<T> {
    items: Vec<T>,
    seen: u64,
    stride: u64,
    most: usize,
}

impl<T> Thinned<T> {
    /// Keeps at most `most` items.
    pub fn new(most: usize) -> Self {
        Self { items: Vec::new(), seen: 0, stride: 1, most: most.max(2) }
    }

    /// Offers an item, made only if it is kept.
    pub fn offer(&mut self, item: impl FnOnce() -> T) {
        if self.seen.is_multiple_of(self.stride) {
            if self.items.len() == self.most {
                let mut keep = false;
                self.items.retain(|_| {
                    keep = !keep;
                    keep
                });
                self.stride *= 2;
            }
            if self.seen.is_multiple_of(self.stride) {
                self.items.push(item());
            }
        }
        self.seen += 1;
    }

    /// The items kept, in their order.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// One in how many is kept.
    pub fn stride(&self) -> u64 {
        self.stride
    }

    /// At most `most` of the items kept, evenly spread.
    pub fn spread(&self, most: usize) -> impl Iterator<Item = &T> {
        let (len, take) = (self.items.len(), self.items.len().min(most));
        (0..take).map(move |i| &self.items[i * len / take])
    }
}

/// Five numbers of a distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Summary {
    /// Smallest value.
    pub min: f64,
    /// First quartile.
    pub q1: f64,
    /// Median.
    pub median: f64,
    /// Third quartile.
    pub q3: f64,
    /// Largest value.
    pub max: f64,
}

impl Summary {
    /// The summary of rising values; quartiles are interpolated linearly (type 7 of Hyndman and Fan 1996).
    pub fn of(sorted: &[f64]) -> Option<Self> {
        let (&min, &max) = (sorted.first()?, sorted.last()?);
        let quantile = |p: f64| {
            let at = p * (sorted.len() - 1) as f64;
            let low = sorted[at.floor() as usize];
            low + (sorted[at.ceil() as usize] - low) * at.fract()
        };
        Some(Self { min, q1: quantile(0.25), median: quantile(0.5), q3: quantile(0.75), max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_an_even_stride() {
        for total in [0u64, 1, 9, 10, 11, 25, 1000] {
            let mut thinned = Thinned::new(10);
            (0..total).for_each(|i| thinned.offer(|| i));
            let expected: Vec<_> = (0..total).step_by(thinned.stride() as usize).collect();
            assert_eq!(thinned.items(), expected, "{total}");
            assert!(thinned.items().len() <= 10);
        }
    }

    #[test]
    fn spread_takes_at_most_what_is_asked() {
        let mut thinned = Thinned::new(100);
        (0..64).for_each(|i| thinned.offer(|| i));
        let few: Vec<_> = thinned.spread(4).copied().collect();
        assert_eq!(few, [0, 16, 32, 48]);
        assert_eq!(thinned.spread(500).count(), 64);
    }

    #[test]
    fn quartiles_are_those_of_the_textbook() {
        let summary = Summary::of(&[1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!((summary.q1, summary.median, summary.q3), (1.75, 2.5, 3.25));
        assert_eq!(Summary::of(&[7.0]).unwrap().q3, 7.0);
        assert_eq!(Summary::of(&[]), None);
    }
}
