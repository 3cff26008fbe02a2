//! Structs updated in place: fields, arrays of structs, nested paths, `&mut` to a struct.

use ad::{check_in_place, check_second, check_vector, point};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Particle {
    pub position: [f64; 2],
    pub velocity: [f64; 2],
    pub mass: f64,
}
point!(Particle, ParticleTangent { position, velocity, mass });

fn particles(n: usize) -> Vec<Particle> {
    let mut rng = ad::Rng::new(11);
    let mut particle = |i: usize| Particle {
        position: [i as f64 + rng.uniform(-0.2, 0.2), rng.uniform(-0.5, 0.5)],
        velocity: [rng.uniform(-0.3, 0.3), rng.uniform(-0.3, 0.3)],
        mass: rng.uniform(0.5, 1.5),
    };
    (0..n).map(&mut particle).collect()
}

#[differentiate(order = 2)]
fn n_body(initial: &[Particle], softening: f64, dt: f64, steps: usize) -> f64 {
    let mut bodies: Vec<Particle> = initial.to_vec();
    for _ in 0..steps {
        for i in 0..bodies.len() {
            for j in 0..bodies.len() {
                if i == j {
                    continue;
                }
                let dx = bodies[j].position[0] - bodies[i].position[0];
                let dy = bodies[j].position[1] - bodies[i].position[1];
                let inverse_cube = (dx * dx + dy * dy + softening).powf(-1.5);
                let mass = bodies[j].mass;
                bodies[i].velocity[0] += dt * mass * dx * inverse_cube;
                bodies[i].velocity[1] += dt * mass * dy * inverse_cube;
            }
        }
        for body in bodies.iter_mut() {
            for k in 0..2 {
                body.position[k] += dt * body.velocity[k];
            }
        }
    }
    let mut kinetic = 0.0;
    for body in &bodies {
        let [vx, vy] = body.velocity;
        kinetic += 0.5 * body.mass * (vx * vx + vy * vy) + 0.1 * body.position[0];
    }
    kinetic
}

#[differentiate(order = 2)]
fn n_body_in_softening(
    #[constant] initial: &[Particle],
    softening: f64,
    #[constant] dt: f64,
    steps: usize,
) -> f64 {
    n_body(initial, softening, dt, steps)
}

#[test]
fn check_n_body() {
    for n in [0, 1, 2, 3] {
        for steps in [0, 1, 2, 3] {
            check_second!(n_body(&particles(n), 0.2, 0.1, const steps));
        }
    }
    check_second!(n_body_in_softening(const &particles(3), 0.2, const 0.1, const 3));
}

#[differentiate(order = 2)]
fn kick(particle: &mut Particle, force: [f64; 2], dt: f64) {
    for (v, f) in particle.velocity.iter_mut().zip(force) {
        *v += dt * f / particle.mass;
    }
    particle.position[0] += dt * particle.velocity[0];
    particle.position[1] += dt * particle.velocity[1];
}

#[differentiate(order = 2)]
fn thrown(start: Particle, gravity: f64, drag: f64, steps: usize) -> [f64; 2] {
    let mut p = start;
    for _ in 0..steps {
        let force = [-drag * p.velocity[0], -drag * p.velocity[1] - gravity * p.mass];
        kick(&mut p, force, 0.1);
    }
    p.position
}

#[test]
fn check_thrown() {
    check_in_place!(kick(&mut particles(1)[0], [0.3, -0.8], 0.2));
    for steps in [0, 1, 2, 6] {
        check_vector!(thrown(particles(1)[0], 1.7, 0.4, const steps));
    }
}

#[derive(Clone, Debug, Default, Differentiable)]
struct Statistics {
    count: usize,
    mean: f64,
    m2: f64,
}

/// Welford's running variance.
#[differentiate(order = 2)]
fn running_variance(samples: &[f64]) -> f64 {
    let mut statistics = Statistics { count: 0, mean: 0.0, m2: 0.0 };
    for &x in samples {
        statistics.count += 1;
        let delta = x - statistics.mean;
        statistics.mean += delta / statistics.count as f64;
        statistics.m2 += delta * (x - statistics.mean);
    }
    if statistics.count < 2 {
        statistics.mean
    } else {
        statistics.m2 / (statistics.count - 1) as f64
    }
}

#[test]
fn check_running_variance() {
    for n in [0, 1, 2, 7] {
        check_second!(running_variance(&ad::values(n)));
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Wheel {
    pub radius: f64,
    pub speed: f64,
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Rover {
    pub pose: (f64, f64, f64),
    pub wheels: [Wheel; 2],
}
point!(Wheel, WheelTangent { radius, speed });
point!(Rover, RoverTangent { pose, wheels });

#[differentiate(order = 2)]
fn drive(rover: &Rover, axle: f64, steps: usize) -> f64 {
    let mut rover = *rover;
    for step in 0..steps {
        let left = rover.wheels[0].radius * rover.wheels[0].speed;
        let right = rover.wheels[1].radius * rover.wheels[1].speed;
        let forward = 0.5 * (left + right);
        rover.pose.2 += 0.1 * (right - left) / axle;
        rover.pose.0 += 0.1 * forward * rover.pose.2.cos();
        rover.pose.1 += 0.1 * forward * rover.pose.2.sin();
        rover.wheels[step % 2].speed *= 0.9;
    }
    let (x, y, _) = rover.pose;
    x * x + 2.0 * y * y
}

#[test]
fn check_drive() {
    let wheels = [Wheel { radius: 0.5, speed: 2.0 }, Wheel { radius: 0.45, speed: 2.6 }];
    let rover = Rover { pose: (0.1, 0.2, 0.4), wheels };
    for steps in [0, 1, 2, 5] {
        check_second!(drive(&rover, 0.8, const steps));
    }
}

#[derive(Clone, Debug, Differentiable)]
pub struct Filter {
    pub mean: [f64; 2],
    pub covariance: [[f64; 2]; 2],
    #[constant]
    pub noise: f64,
}
point!(Filter, FilterTangent { mean, covariance } constant { noise });

/// Predict and update of a constant-velocity Kalman filter with a position sensor.
#[differentiate(order = 2)]
fn kalman_step(filter: Filter, measurement: f64, sensor_variance: f64, dt: f64) -> Filter {
    let mut next = filter.clone();
    next.mean[0] += dt * filter.mean[1];
    let p = &filter.covariance;
    next.covariance[0][0] = p[0][0] + dt * (p[0][1] + p[1][0]) + dt * dt * p[1][1] + filter.noise;
    next.covariance[0][1] = p[0][1] + dt * p[1][1];
    next.covariance[1][0] = p[1][0] + dt * p[1][1];
    next.covariance[1][1] = p[1][1] + filter.noise;

    let innovation = measurement - next.mean[0];
    let s = next.covariance[0][0] + sensor_variance;
    let gain = [next.covariance[0][0] / s, next.covariance[1][0] / s];
    let row = next.covariance[0];
    for i in 0..2 {
        next.mean[i] += gain[i] * innovation;
        for j in 0..2 {
            next.covariance[i][j] -= gain[i] * row[j];
        }
    }
    next
}

#[differentiate(order = 2)]
fn kalman_filter(measurements: &[f64], sensor_variance: f64) -> f64 {
    let mut filter = Filter { mean: [0.0, 0.3], covariance: [[1.0, 0.1], [0.1, 0.5]], noise: 0.02 };
    let mut loss = 0.0;
    for &z in measurements {
        loss += (z - filter.mean[0]).powi(2);
        filter = kalman_step(filter, z, sensor_variance, 0.2);
    }
    loss + filter.covariance[0][0]
}

#[test]
fn check_kalman_filter() {
    let filter = Filter { mean: [0.4, 0.3], covariance: [[1.0, 0.1], [0.1, 0.5]], noise: 0.02 };
    check_vector!(kalman_step(filter, 0.7, 0.3, 0.2));
    for n in [0, 1, 2, 5] {
        check_second!(kalman_filter(&ad::values(n), 0.4));
    }
}

#[differentiate(order = 2)]
fn take_and_put_back(start: &[Particle]) -> f64 {
    let mut swarm = start.to_vec();
    let n = swarm.len();
    if n >= 2 {
        swarm.swap(0, n - 1);
        let old = std::mem::replace(&mut swarm[0].mass, 2.0);
        swarm[n - 1].mass *= old;
    }
    let mut total = 0.0;
    for Particle { mass, position: [x, _], .. } in &swarm {
        total += mass * x * x;
    }
    total
}

#[test]
fn check_take_and_put_back() {
    for n in [0, 1, 2, 4] {
        check_second!(take_and_put_back(&particles(n)));
    }
}

#[derive(Clone, Debug, Differentiable)]
pub struct Crank {
    pub p: f64,
    pub q: [f64; 2],
}

point!(Crank, CrankTangent { p, q });

#[differentiate(order = 2)]
impl Crank {
    fn value(&self, x: f64) -> f64 {
        self.p * x.sin() + self.q[1] * self.q[0]
    }

    fn turn(&mut self, x: f64) -> f64 {
        self.p += x * self.q[0];
        self.q[1] *= x;
        self.p * x
    }
}

/// One part of a struct is set from another, and given to a method of the whole.
#[differentiate(order = 2)]
fn parts_of_one(mut s: Crank, x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        s.q[i % 2] = s.q[(i + 1) % 2];
        s.q[1] *= s.q[i % 2];
        s.q[0] += s.p;
        y += s.q[i % 2].max(s.q[1]) * s.value(s.q[i % 2]);
        y *= s.turn(s.q[0]);
    }
    y + s.p
}

#[test]
fn check_parts_of_one() {
    for n in [0, 1, 2, 4] {
        check_second!(parts_of_one(Crank { p: 0.4, q: [0.7, -0.3] }, 0.6, const n));
    }
}

#[derive(Clone, Debug, Differentiable)]
pub struct Engine {
    pub crank: Crank,
    pub k: f64,
}

point!(Engine, EngineTangent { crank, k });

#[differentiate(order = 2)]
impl Engine {
    fn run(&mut self, n: usize) -> f64 {
        let mut y = 1.0;
        for i in 0..n {
            self.crank.q[i % 2] *= self.k;
            y += self.crank.turn(self.crank.q[0]) * self.crank.turn(self.k);
            self.k = self.crank.value(self.k);
            self.bump(self.k, self.crank.p);
        }
        y
    }

    fn bump(&mut self, a: f64, b: f64) {
        self.k += a * b;
        self.crank.p *= a;
    }
}

#[differentiate(order = 2)]
fn run_engine(mut engine: Engine, n: usize) -> f64 {
    let y = engine.run(n);
    y * engine.k + engine.crank.p
}

#[test]
fn check_run_engine() {
    for n in [0, 1, 2, 4] {
        let crank = Crank { p: 0.4, q: [0.7, -0.3] };
        check_second!(run_engine(Engine { crank: crank.clone(), k: 0.6 }, const n));
    }
}
