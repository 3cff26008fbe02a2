use ad_runtime::differentiate;

struct Spring {
    stiffness: f64,
}

impl Spring {
    fn energy(&self, x: f64) -> f64 {
        0.5 * self.stiffness * x * x
    }
}

#[differentiate]
fn f(#[constant] spring: &Spring, x: f64) -> f64 {
    spring.energy(x)
}

fn main() {}
