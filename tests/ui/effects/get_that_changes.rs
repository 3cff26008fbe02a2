use ad_runtime::differentiate;

struct Cache {
    factor: f64,
}

impl Cache {
    fn get(&mut self, i: usize) -> usize {
        self.factor += 1.0;
        i
    }
}

#[differentiate]
fn f(x: f64, n: usize) -> f64 {
    let mut cache = Cache { factor: 1.0 };
    let mut y = x;
    for i in 0..n {
        y *= y * cache.factor;
        if cache.get(i) == 3 {
            break;
        }
    }
    y
}

fn main() {}
