//! Prices of options, balls that bounce, attitudes as quaternions, warped images.

use ad::{check, check_vector, point};
use ad_runtime::{Differentiable, differentiate};

const COEFFS: [f64; 5] = [0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
#[differentiate]
fn norm_cdf(x: f64) -> f64 {
    if x < 0.0 {
        return 1.0 - norm_cdf(-x);
    }
    let k = 1.0 / (1.0 + 0.2316419 * x);
    let poly = COEFFS.iter().rev().fold(0.0, |acc, c| (acc + c) * k);
    1.0 - (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt() * poly
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Call,
    Put,
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Market {
    pub spot: f64,
    pub rate: f64,
    pub vol: f64,
}
point!(Market, MarketTangent { spot, rate, vol });
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contract {
    pub kind: Kind,
    pub strike: f64,
    pub expiry: f64,
    pub amount: f64,
}
#[differentiate]
impl Market {
    fn price(&self, #[constant] c: &Contract) -> f64 {
        let Market { spot, rate, vol } = *self;
        let sqrt_t = c.expiry.sqrt();
        let d1 = ((spot / c.strike).ln() + (rate + 0.5 * vol.powi(2)) * c.expiry) / (vol * sqrt_t);
        let d2 = d1 - vol * sqrt_t;
        let df = (-rate * c.expiry).exp();
        match c.kind {
            Kind::Call => spot * norm_cdf(d1) - c.strike * df * norm_cdf(d2),
            Kind::Put => c.strike * df * norm_cdf(-d2) - spot * norm_cdf(-d1),
        }
    }
}
#[differentiate]
fn portfolio(market: &Market, #[constant] book: &[Contract]) -> f64 {
    let (mut long, mut short) = (0.0, 0.0);
    for c in book {
        let value = c.amount * market.price(c);
        if c.amount >= 0.0 { long += value } else { short -= value }
    }
    long - 1.05 * short
}
#[test]
fn bs() {
    let book = [
        Contract { kind: Kind::Call, strike: 1.1, expiry: 0.5, amount: 2.0 },
        Contract { kind: Kind::Put, strike: 0.9, expiry: 1.0, amount: -1.0 },
    ];
    check!(portfolio(&Market { spot: 1.0, rate: 0.03, vol: 0.25 }, const &book));
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Ball {
    pub x: f64,
    pub y: f64,
    pub vx: f64,
    pub vy: f64,
    pub e: f64,
}
point!(Ball, BallTangent { x, y, vx, vy, e });
#[differentiate]
fn bounce(ball: &mut Ball, #[constant] walls: &[(f64, bool)], dt: f64) -> usize {
    let mut hits = 0;
    ball.vy -= 9.81 * dt;
    ball.x += ball.vx * dt;
    ball.y += ball.vy * dt;
    for &(position, vertical) in walls {
        let (p, v) =
            if vertical { (&mut ball.x, &mut ball.vx) } else { (&mut ball.y, &mut ball.vy) };
        if *p < position && *v < 0.0 {
            *p = position + (position - *p) * ball.e;
            *v = -*v * ball.e;
            hits += 1;
        }
    }
    hits
}
#[differentiate]
fn flight(start: &Ball, #[constant] steps: usize) -> f64 {
    let mut b = start.clone();
    let mut total = 0;
    for _ in 0..steps {
        total += bounce(&mut b, &[(0.0, false), (-0.5, true)], 0.02);
        if total > 3 {
            break;
        }
    }
    b.x * b.x + b.y
}
#[test]
fn balls() {
    check!(flight(&Ball { x: 0.1, y: 0.3, vx: -1.0, vy: 0.5, e: 0.8 }, const 40));
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Quat {
    pub w: f64,
    pub v: [f64; 3],
}
point!(Quat, QuatTangent { w, v });
#[differentiate]
impl std::ops::Mul<&Quat> for &Quat {
    type Output = Quat;
    fn mul(self, o: &Quat) -> Quat {
        let [a, b, c] = self.v;
        let [x, y, z] = o.v;
        Quat {
            w: self.w * o.w - a * x - b * y - c * z,
            v: [
                self.w * x + a * o.w + b * z - c * y,
                self.w * y - a * z + b * o.w + c * x,
                self.w * z + a * y - b * x + c * o.w,
            ],
        }
    }
}
#[differentiate]
impl Quat {
    #[differentiate(associated)]
    fn identity_scaled(s: f64) -> Quat {
        Quat { w: s, v: [0.0; 3] }
    }
    fn norm(&self) -> f64 {
        (self.w * self.w + self.v.iter().map(|x| x * x).sum::<f64>()).sqrt()
    }
    fn normalized(self) -> Self {
        let n = self.norm();
        Quat { w: self.w / n, v: self.v.map(|x| x / n) }
    }
    fn conj(&self) -> Quat {
        Quat { w: self.w, v: self.v.map(|x| -x) }
    }
    fn rotate(&self, p: [f64; 3]) -> [f64; 3] {
        let q = self * &Quat { w: 0.0, v: p };
        (&q * &self.conj()).v
    }
}
#[differentiate]
fn attitude(gyro: &[[f64; 3]], bias: [f64; 3], dt: f64) -> [f64; 3] {
    let mut q = Quat::identity_scaled(1.0);
    for w in gyro {
        let mut rate = *w;
        rate.iter_mut().zip(bias).for_each(|(r, b)| *r -= b);
        let dq = Quat { w: 1.0, v: rate.map(|r| 0.5 * dt * r) };
        q = (&q * &dq).normalized();
    }
    q.rotate([0.0, 0.3, 1.0])
}
#[test]
fn quaternions() {
    check_vector!(attitude(&vec![[0.1, 0.2, 0.3], [0.5, -0.1, 0.2]], [0.01, 0.02, -0.01], 0.3));
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Image {
    pub pixels: Vec<f64>,
    #[constant]
    pub width: usize,
    #[constant]
    pub height: usize,
}
point!(Image, ImageTangent { pixels } constant { width, height });
#[differentiate]
impl Image {
    fn at(&self, x: isize, y: isize) -> Option<f64> {
        if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height {
            return None;
        }
        Some(self.pixels[y as usize * self.width + x as usize])
    }
    fn sample(&self, x: f64, y: f64) -> f64 {
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let (ix, iy) = (x0 as isize, y0 as isize);
        let mut value = 0.0;
        for (dx, wx) in [(0, 1.0 - fx), (1, fx)] {
            for (dy, wy) in [(0, 1.0 - fy), (1, fy)] {
                value += wx * wy * self.at(ix + dx, iy + dy).unwrap_or(0.0);
            }
        }
        value
    }
}
#[differentiate]
fn warp_error(a: &Image, b: &Image, affine: &[f64; 6]) -> f64 {
    let mut error = 0.0;
    for y in 0..a.height {
        for x in 0..a.width {
            let (u, v) = (x as f64, y as f64);
            let [p, q, r, s, t, w] = *affine;
            let moved = b.sample(p * u + q * v + r, s * u + t * v + w);
            error += (a.pixels[y * a.width + x] - moved).powi(2);
        }
    }
    error / (a.width * a.height) as f64
}
#[test]
fn images() {
    let im = |k: f64| Image {
        pixels: (0..9).map(|i| (k * i as f64).sin()).collect(),
        width: 3,
        height: 3,
    };
    check!(warp_error(&im(0.7), &im(0.9), &[1.01, 0.02, 0.13, -0.03, 0.97, 0.21]));
}
