//! How many items are carried out at the same time: more as long as the site keeps up, fewer when it says that it does
//! not. Pure.

/// With so many a run begins.
const FIRST: usize = 8;

/// Rises by one with each item that is done, which doubles it about once in the time that one item takes; is halved
/// when the site answered that it has too much to do, and rises slowly from there on.
#[derive(Debug)]
pub(super) struct Pace {
    at_once: usize,
    most: usize,
    /// Answers of overload that have been taken into account.
    overloads: u64,
    /// Items that were under way when it was last halved: what they meet says nothing of the new pace.
    in_flight: usize,
    /// It has been halved: from here on it rises by one with as many items as are carried out at once.
    careful: bool,
    since_rise: usize,
}

impl Pace {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            at_once: most.min(FIRST),
            most,
            overloads: 0,
            in_flight: 0,
            careful: false,
            since_rise: 0,
        }
    }

    pub(super) fn at_once(&self) -> usize {
        self.at_once
    }

    /// One item is done; `overloads` counts the site's answers of that kind since the run began.
    pub(super) fn after_one(&mut self, overloads: u64) {
        let overloaded = overloads > self.overloads;
        self.overloads = overloads;
        if self.in_flight > 0 {
            self.in_flight -= 1;
        } else if overloaded {
            self.in_flight = self.at_once;
            self.at_once = (self.at_once / 2).max(1);
            self.careful = true;
            self.since_rise = 0;
        } else {
            self.since_rise += 1;
            if !self.careful || self.since_rise >= self.at_once {
                self.at_once = (self.at_once + 1).min(self.most);
                self.since_rise = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pace: &mut Pace, items: usize, overloads: u64) -> usize {
        for _ in 0..items {
            pace.after_one(overloads);
        }
        pace.at_once()
    }

    #[test]
    fn it_doubles_in_the_time_of_an_item_up_to_the_most() {
        let mut pace = Pace::new(16);
        assert_eq!(pace.at_once(), 8);
        assert_eq!(after(&mut pace, 4, 0), 12);
        assert_eq!(after(&mut pace, 4, 0), 16);
        assert_eq!(after(&mut pace, 100, 0), 16);
    }

    #[test]
    fn fewer_than_it_begins_with_may_be_the_most() {
        for most in [0, 1, 2] {
            let mut pace = Pace::new(most);
            assert_eq!(after(&mut pace, 10, 0), most.max(1));
        }
    }

    #[test]
    fn an_overload_halves_it_once_for_all_that_is_under_way() {
        let mut pace = Pace::new(16);
        after(&mut pace, 12, 0);
        assert_eq!(after(&mut pace, 1, 5), 8);
        for met in 6..22 {
            pace.after_one(met);
        }
        assert_eq!(pace.at_once(), 8, "these were under way");
        assert_eq!(after(&mut pace, 1, 40), 4);
    }

    #[test]
    fn after_an_overload_it_rises_slowly_and_never_falls_to_none() {
        let mut pace = Pace::new(16);
        let mut overloads = 0;
        for _ in 0..100 {
            overloads += 1;
            pace.after_one(overloads);
        }
        assert_eq!(pace.at_once(), 1);
        pace.after_one(overloads);
        let slow = after(&mut pace, 6, overloads);
        assert!((2..=4).contains(&slow), "{slow}");
        assert_eq!(after(&mut pace, 1000, overloads), 16);
    }
}
