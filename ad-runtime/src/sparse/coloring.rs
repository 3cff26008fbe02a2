//! Which columns go together in a sweep.

use super::Pattern;

/// A colour for each column of a pattern. Columns of one colour are computed by one sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coloring {
    colors: Vec<usize>,
    count: usize,
}

const NONE: usize = usize::MAX;

impl Coloring {
    /// Columns of one colour have no entry in a common row (a colouring at distance two of the bipartite graph of rows
    /// and columns). Greedy: each column takes the first colour that is free, those with many entries first.
    ///
    /// ```
    /// use ad_runtime::sparse::{Coloring, Pattern};
    ///
    /// let banded = Pattern::new(9, 9, (0..9).flat_map(|i| (i..9.min(i + 3)).map(move |k| (i, k))));
    /// assert_eq!(Coloring::of_columns(&banded).count(), 3);
    /// ```
    pub fn of_columns(pattern: &Pattern) -> Coloring {
        let transposed = pattern.transposed();
        Coloring::greedy(&transposed, |colors, column, forbid| {
            for &row in transposed.row(column) {
                pattern.row(row).iter().for_each(|&other| forbid(colors[other]));
            }
        })
    }

    /// Neighbours differ in colour, and no path of four columns has two colours only, where columns are neighbours that
    /// have an entry in common: the columns of two colours are stars. So each entry of a symmetric matrix is alone with
    /// its colour in its row or, mirrored, in its column. Greedy, as the other.
    ///
    /// # Panics
    /// When the pattern is not symmetric.
    #[track_caller]
    pub fn star(pattern: &Pattern) -> Coloring {
        assert!(pattern.is_symmetric(), "the pattern of a Hessian is symmetric");
        let neighbours = |v: usize| pattern.row(v).iter().copied().filter(move |&other| other != v);
        Coloring::greedy(pattern, |colors, v, forbid| {
            for w in neighbours(v) {
                forbid(colors[w]);
                if colors[w] == NONE {
                    continue;
                }
                for x in neighbours(w).filter(|&x| x != v && colors[x] != NONE) {
                    // The path v, w, x, y.
                    if neighbours(x).any(|y| y != w && colors[y] == colors[w]) {
                        forbid(colors[x]);
                    }
                }
                // The path x, v, w, y.
                if neighbours(v).any(|x| x != w && colors[x] == colors[w]) {
                    neighbours(w).filter(|&y| y != v).for_each(|y| forbid(colors[y]));
                }
            }
        })
    }

    /// Colours the rows of `graph`, those with many entries first, each with the first colour that `forbidden` allows.
    fn greedy(
        graph: &Pattern,
        forbidden: impl Fn(&[usize], usize, &mut dyn FnMut(usize)),
    ) -> Coloring {
        let mut colors = vec![NONE; graph.rows()];
        let mut order: Vec<usize> = (0..graph.rows()).collect();
        order.sort_by_key(|&v| std::cmp::Reverse(graph.row(v).len()));
        // For each colour the column that forbids it, so that it need not be cleared.
        let mut taken: Vec<usize> = Vec::new();
        for v in order {
            forbidden(&colors, v, &mut |color| {
                if color != NONE {
                    taken[color] = v;
                }
            });
            colors[v] = (0..taken.len()).find(|&color| taken[color] != v).unwrap_or(taken.len());
            if colors[v] == taken.len() {
                taken.push(NONE);
            }
        }
        Coloring { colors, count: taken.len() }
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        self.colors.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.colors.is_empty()
    }

    /// The number of colours, and of sweeps.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The colour of a column.
    ///
    /// # Panics
    /// When there is no such column.
    pub fn color(&self, column: usize) -> usize {
        self.colors[column]
    }
}
