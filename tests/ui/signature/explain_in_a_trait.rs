use ad_runtime::differentiate;

#[differentiate(explain)]
trait Loss: ad_runtime::Differentiable {
    fn eval(&self, x: f64) -> f64;
}

fn main() {}
