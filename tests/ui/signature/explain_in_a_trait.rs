use ad_runtime::differentiate;

#[differentiate(explain)]
trait Loss {
    fn eval(&self, x: f64) -> f64;
}

fn main() {}
