//! Expressions of type `f64`, conditions, indices.

use super::Writer;
use super::scope::Kind;

/// An expression of type `f64`.
pub struct Expression {
    pub text: String,
    /// Its type does not depend on what surrounds it, so methods can be called on it.
    pub anchored: bool,
}

fn anchored(text: String) -> Expression {
    Expression { text, anchored: true }
}

impl Writer<'_> {
    pub fn expression(&mut self, depth: u32) -> Expression {
        self.budget -= 1;
        if depth == 0 || self.budget < 0 {
            return self.leaf();
        }
        match self.below(15) {
            0 => self.leaf(),
            1..=3 => self.binary(depth),
            4 | 5 => self.method(depth),
            6 => {
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                let square = self.receiver(b);
                anchored(format!("{} / (1.0 + {square}.powi(2))", parenthesized(&a)))
            }
            7 => self.call(depth),
            8 => {
                let condition = self.condition();
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                anchored_if(
                    &a,
                    &b,
                    format!("(if {condition} {{ {} }} else {{ {} }})", a.text, b.text),
                )
            }
            9 => {
                let name = self.fresh("t");
                let before = self.scope.clone();
                let value = self.expression(depth - 1);
                self.scope.add(&name, Kind::Float, false);
                let result = self.expression(depth - 1);
                self.scope = before;
                let kept = result.anchored;
                let text = format!("{{ let {name}: f64 = {}; {} }}", value.text, result.text);
                Expression { text: format!("({text})"), anchored: kept }
            }
            10 | 11 => self.iterator(depth),
            12 => {
                let index = self.index();
                let arms: Vec<_> = (0..3).map(|_| self.expression(depth - 1)).collect();
                let text = format!(
                    "(match ({index}) % 3 {{ 0 => {}, 1 => {}, _ => {} }})",
                    arms[0].text, arms[1].text, arms[2].text
                );
                anchored_if(&arms[0], &arms[1], text)
            }
            13 => match self.scope.of(Kind::Closure).first().cloned() {
                Some(closure) => {
                    let argument = self.expression(depth - 1);
                    anchored(format!("{closure}({})", argument.text))
                }
                None => self.leaf(),
            },
            _ => {
                let arm = self.expression(depth - 1);
                let tuple = self.expression(depth - 1);
                let (first, second) = (self.fresh("l"), self.fresh("r"));
                anchored(format!(
                    "({{ let ({first}, {second}): (f64, f64) = ({}, {}); {first} * {second} }})",
                    arm.text, tuple.text
                ))
            }
        }
    }

    fn leaf(&mut self) -> Expression {
        match self.below(8) {
            0..=3 => {
                let names = self.scope.of(Kind::Float);
                match self.pick(&names) {
                    Some(name) => anchored(name),
                    None => self.literal(),
                }
            }
            4 => self.literal(),
            5 => match self.scope.of(Kind::Reference).first().cloned() {
                Some(name) => anchored(format!("(*{name})")),
                None => self.element(),
            },
            _ => self.element(),
        }
    }

    fn literal(&mut self) -> Expression {
        let literals =
            ["0.5_f64", "1.0_f64", "0.3_f64", "2.0_f64", "0.0_f64", "0.7_f64", "(n as f64)"];
        let text = literals[self.below(7) as usize].to_owned();
        let anchored = text.starts_with('(');
        Expression { text, anchored }
    }

    /// An element of a container, or a field.
    fn element(&mut self) -> Expression {
        match self.below(4) {
            0 => {
                let names = self.scope.of(Kind::Array);
                let index = self.index();
                self.pick(&names).map(|a| anchored(format!("{a}[({index}) % 3]")))
            }
            1 => {
                let names = [self.scope.of(Kind::Slice), self.scope.of(Kind::Vector)].concat();
                let index = self.index();
                self.pick(&names).map(|v| anchored(format!("{v}[({index}) % {v}.len()]")))
            }
            2 => {
                let names = self.scope.of(Kind::Pair);
                self.pick(&names).map(|s| anchored(format!("{s}.p")))
            }
            _ => {
                let names = self.scope.of(Kind::Pair);
                let index = self.index();
                self.pick(&names).map(|s| anchored(format!("{s}.q[({index}) % 2]")))
            }
        }
        .unwrap_or_else(|| self.literal())
    }

    fn binary(&mut self, depth: u32) -> Expression {
        let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
        let operator = ["+", "-", "*", "*"][self.below(4) as usize];
        let text = format!("{} {operator} {}", parenthesized(&a), parenthesized(&b));
        anchored_if(&a, &b, format!("({text})"))
    }

    fn method(&mut self, depth: u32) -> Expression {
        let a = self.expression(depth - 1);
        let a = self.receiver(a);
        anchored(match self.below(12) {
            0 => format!("{a}.sin()"),
            1 => format!("{a}.cos()"),
            2 => format!("{a}.tanh()"),
            3 => format!("{a}.powi({})", self.below(4)),
            4 => format!("{a}.abs()"),
            5 => format!("(1.0 + {a}.powi(2)).sqrt()"),
            6 => format!("{a}.atan()"),
            7 => format!("(-{a})"),
            8 => format!("{a}.tanh().exp()"),
            9 => format!("(2.0 + {a}.sin()).ln()"),
            10 => format!("{a}.max({})", self.expression(depth - 1).text),
            _ => format!("{a}.min({})", self.expression(depth - 1).text),
        })
    }

    fn call(&mut self, depth: u32) -> Expression {
        let kind = self.below(6);
        let a = self.expression(depth - 1).text;
        let text = match kind {
            0 => Some(format!("blend({a}, {})", self.expression(depth - 1).text)),
            1 => {
                let names = [self.scope.of(Kind::Slice), self.scope.of(Kind::Vector)].concat();
                self.pick(&names).map(|v| format!("energy(&{v}, {a})"))
            }
            2 => self.pick(&self.scope.of(Kind::Array)).map(|v| format!("norm3({v}, {a})")),
            3 => self.pick(&self.scope.of(Kind::Pair)).map(|s| format!("{s}.value({a})")),
            4 => self.pick(&self.scope.of(Kind::Pair)).map(|s| format!("Pair::shift(&{s}, {a}).p")),
            _ => self.pick(&self.scope.of(Kind::Count)).map(|i| format!("power({a}, {i} % 4)")),
        };
        anchored(text.unwrap_or_else(|| format!("blend({a}, 0.5)")))
    }

    /// A chain that is consumed at once.
    fn iterator(&mut self, depth: u32) -> Expression {
        let sources =
            [self.scope.of(Kind::Slice), self.scope.of(Kind::Vector), self.scope.of(Kind::Array)];
        let Some(source) = self.pick(&sources.concat()) else { return self.leaf() };
        let other = self.pick(&sources.concat()).unwrap_or_else(|| source.clone());
        let name = self.fresh("e");
        let second = self.fresh("e");
        let before = self.scope.clone();
        let kind = self.below(7);
        self.scope.add(&name, Kind::Float, false);
        if matches!(kind, 2 | 3 | 5) {
            self.scope.add(&second, Kind::Float, false);
        }
        let body = self.expression(depth - 1).text;
        self.scope = before;
        anchored(match kind {
            0 => format!("{source}.iter().map(|&{name}| {body}).sum::<f64>()"),
            1 => format!("{source}.iter().rev().skip(1).map(|&{name}| {body}).sum::<f64>()"),
            2 => format!(
                "{source}.iter().zip(&{other}[..]).map(|(&{name}, &{second})| {body}).sum::<f64>()"
            ),
            3 => format!("{source}.iter().fold(0.1, |{name}: f64, &{second}| ({body}).tanh())"),
            4 => format!(
                "{source}.iter().copied().filter(|&{name}| {name} > 0.4).map(|{name}| {body}).sum::<f64>()"
            ),
            5 => format!(
                "{source}.windows(2).map(|w| {{ let ({name}, {second}) = (w[0], w[1]); {body} }}).sum::<f64>()"
            ),
            _ => format!(
                "{source}.iter().enumerate().map(|(k, &{name})| k as f64 * ({body})).sum::<f64>()"
            ),
        })
    }

    /// A condition on active values, on indices, or on both.
    pub fn condition(&mut self) -> String {
        match self.below(4) {
            0 => format!("({}) % 2 == 0", self.index()),
            1 => format!("({}) < n", self.index()),
            _ => {
                let (a, b) = (self.expression(1), self.leaf());
                // A comparison of two literals has no type of its own: f64 is what they default to.
                format!("{} < {}", parenthesized(&a), parenthesized(&b))
            }
        }
    }

    /// A `usize`.
    pub fn index(&mut self) -> String {
        let names = self.scope.of(Kind::Count);
        match self.below(4) {
            0 => self.below(3).to_string(),
            1 | 2 => self.pick(&names).unwrap_or_else(|| "1".to_owned()),
            _ => format!("{} + 1", self.pick(&names).unwrap_or_else(|| "1".to_owned())),
        }
    }

    pub fn pick(&mut self, names: &[String]) -> Option<String> {
        if names.is_empty() {
            return None;
        }
        Some(names[self.below(names.len() as u32) as usize].clone())
    }

    /// `e` in a form that a method can be called on.
    pub fn receiver(&mut self, e: Expression) -> String {
        if e.anchored {
            parenthesized(&e)
        } else {
            let name = self.fresh("c");
            format!("({{ let {name}: f64 = {}; {name} }})", e.text)
        }
    }
}

fn anchored_if(a: &Expression, b: &Expression, text: String) -> Expression {
    Expression { text, anchored: a.anchored && b.anchored }
}

fn parenthesized(e: &Expression) -> String {
    let simple = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let text = &e.text;
    if text.chars().all(simple) || text.starts_with('(') && text.ends_with(')') && closes_last(text)
    {
        text.clone()
    } else {
        format!("({text})")
    }
}

/// Whether the first parenthesis is closed by the last one.
fn closes_last(text: &str) -> bool {
    let mut open = 0;
    for (i, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return i + 1 == text.len();
        }
    }
    false
}
