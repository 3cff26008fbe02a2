//! The rules of calculus for scalar functions: a line each.
//!
//! A partial derivative is an expression of the receiver `x`, the arguments `a` and `b` and the
//! result `y`. Sources: any table of derivatives; the conventions at kinks are the contract's.

use crate::ir::{BinOp, Expr, Ty, UnOp};
use proc_macro2::Ident;
use quote::ToTokens;
use syn::Lit;

/// The derivative of a scalar method.
pub struct ScalarRule {
    pub name: &'static str,
    /// One partial derivative per operand, receiver first. `None` is zero (a step function, an integer).
    pub partials: &'static [Option<&'static str>],
    /// Whether the slope may be infinite, so that a zero must be kept zero.
    pub infinite: bool,
    /// Whether the result is kept rather than computed again.
    pub costly: bool,
}

macro_rules! rules {
    ($($name:ident $kind:ident $($partial:literal)* ;)*) => {
        const SCALAR: &[ScalarRule] = &[$(ScalarRule {
            name: stringify!($name),
            partials: &[$(partial($partial)),*],
            infinite: matches!(stringify!($kind).as_bytes(), b"infinite"),
            costly: !matches!(stringify!($kind).as_bytes(), b"cheap"),
        }),*];
    };
}

const fn partial(text: &'static str) -> Option<&'static str> {
    if text.is_empty() { None } else { Some(text) }
}

// The kinds: `cheap`, `costly`, and `infinite` for costly ones with an infinite slope somewhere.
rules! {
    sin costly "x.cos()";
    cos costly "-x.sin()";
    tan costly "1.0 + y * y";
    asin infinite "1.0 / (1.0 - x * x).sqrt()";
    acos infinite "-1.0 / (1.0 - x * x).sqrt()";
    atan costly "1.0 / (1.0 + x * x)";
    sinh costly "x.cosh()";
    cosh costly "x.sinh()";
    tanh costly "1.0 - y * y";
    asinh costly "1.0 / (x * x + 1.0).sqrt()";
    acosh infinite "1.0 / (x * x - 1.0).sqrt()";
    atanh infinite "1.0 / (1.0 - x * x)";
    exp costly "y";
    exp2 costly "0.6931471805599453 * y";
    exp_m1 costly "y + 1.0";
    ln infinite "1.0 / x";
    ln_1p infinite "1.0 / (1.0 + x)";
    log2 infinite "1.4426950408889634 / x";
    log10 infinite "0.4342944819032518 / x";
    log infinite "1.0 / (x * log_base(x, a))" "-y / (a * log_base(x, a))";
    sqrt infinite "0.5 / y";
    cbrt infinite "1.0 / (3.0 * y * y)";
    recip cheap "-y * y";
    abs cheap "if x > 0.0 { 1.0 } else { if x < 0.0 { -1.0 } else { 0.0 } }";
    signum cheap "";
    floor cheap "";
    ceil cheap "";
    round cheap "";
    trunc cheap "";
    fract cheap "1.0";
    to_degrees cheap "57.29577951308232";
    to_radians cheap "0.017453292519943295";
    powi costly "slope_powi(x, a)" "";
    powf infinite "slope_powf(x, a)" "slope_powf_exponent(x, a, y)";
    max cheap "if pick_max(x, a) { 1.0 } else { 0.0 }" "if pick_max(x, a) { 0.0 } else { 1.0 }";
    min cheap "if pick_min(x, a) { 1.0 } else { 0.0 }" "if pick_min(x, a) { 0.0 } else { 1.0 }";
    clamp cheap
        "if x < a { 0.0 } else { if x > b { 0.0 } else { 1.0 } }"
        "if x < a { 1.0 } else { 0.0 }"
        "if x > b { 1.0 } else { 0.0 }";
    hypot costly "if y == 0.0 { 0.0 } else { x / y }" "if y == 0.0 { 0.0 } else { a / y }";
    atan2 costly "a / (x * x + a * a)" "-x / (x * x + a * a)";
    mul_add cheap "a" "x" "1.0";
    rem_euclid costly "1.0" "-x.div_euclid(a)";
    div_euclid cheap "" "";
    copysign cheap "x.signum() * y.signum()" "";
}

/// The rule of the scalar method `name`.
pub fn scalar(name: &str) -> Option<&'static ScalarRule> {
    SCALAR.iter().find(|rule| rule.name == name)
}

/// The operands that stand in a partial derivative.
pub struct Operands<'a> {
    /// Receiver and arguments.
    pub args: &'a [Expr],
    pub result: Expr,
    /// The type of the numbers.
    pub float: Option<String>,
}

impl ScalarRule {
    /// Partial derivative `i`; `None` is zero.
    pub fn partial(&self, i: usize, operands: &Operands) -> Option<Expr> {
        let text = self.partials.get(i).copied().flatten()?;
        let parsed: syn::Expr = syn::parse_str(text).expect("a rule is a Rust expression");
        Some(instantiate(&parsed, operands))
    }
}

fn instantiate(expr: &syn::Expr, operands: &Operands) -> Expr {
    let go = |e: &syn::Expr| Box::new(instantiate(e, operands));
    match expr {
        syn::Expr::Lit(e) => match &e.lit {
            Lit::Float(f) => {
                Expr::Number(f.base10_parse().expect("a float"), operands.float.clone())
            }
            other => Expr::lit(other.to_token_stream()),
        },
        syn::Expr::Paren(e) => instantiate(&e.expr, operands),
        syn::Expr::Unary(e) => Expr::Unary(UnOp::Neg, go(&e.expr)),
        syn::Expr::Binary(e) => {
            let op = match e.op {
                syn::BinOp::Add(_) => BinOp::Add,
                syn::BinOp::Sub(_) => BinOp::Sub,
                syn::BinOp::Mul(_) => BinOp::Mul,
                syn::BinOp::Div(_) => BinOp::Div,
                compare => {
                    return Expr::Compare(compare.to_token_stream(), go(&e.left), go(&e.right));
                }
            };
            Expr::Binary(op, go(&e.left), go(&e.right))
        }
        syn::Expr::If(e) => {
            let block = |b: &syn::Block| match &b.stmts[..] {
                [syn::Stmt::Expr(e, None)] => go(e),
                _ => unreachable!("a rule's branch is an expression"),
            };
            let (_, els) = e.else_branch.as_ref().expect("a rule's `if` has an `else`");
            let els = match &**els {
                syn::Expr::Block(b) => block(&b.block),
                other => go(other),
            };
            Expr::Select { cond: go(&e.cond), then: block(&e.then_branch), els }
        }
        syn::Expr::MethodCall(e) => Expr::Method {
            recv: go(&e.receiver),
            name: e.method.clone(),
            turbofish: None,
            args: e.args.iter().map(|a| instantiate(a, operands)).collect(),
        },
        syn::Expr::Call(e) => Expr::Runtime {
            function: match e.func.to_token_stream().to_string().as_str() {
                "slope_powi" => "slope_powi",
                "slope_powf" => "slope_powf",
                "slope_powf_exponent" => "slope_powf_exponent",
                "log_base" => "log_base",
                "pick_max" => "pick_max",
                "pick_min" => "pick_min",
                other => unreachable!("`{other}` is not a function of the runtime"),
            },
            args: e.args.iter().map(|a| instantiate(a, operands)).collect(),
        },
        syn::Expr::Path(e) => {
            let name = e.path.get_ident().map(Ident::to_string).unwrap_or_default();
            match name.as_str() {
                "x" => operands.args[0].clone(),
                "a" => operands.args[1].clone(),
                "b" => operands.args[2].clone(),
                "y" => operands.result.clone(),
                other => unreachable!("`{other}` is not an operand"),
            }
        }
        other => unreachable!("not allowed in a rule: {}", other.to_token_stream()),
    }
}

/// The number type of a scalar.
pub fn float_of(ty: &Ty) -> Option<String> {
    match ty.deref() {
        Ty::Float(name) => name.clone(),
        _ => None,
    }
}

/// All rules.
pub fn table() -> &'static [ScalarRule] {
    SCALAR
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_partial_parses() {
        for rule in super::SCALAR {
            for text in rule.partials.iter().flatten() {
                syn::parse_str::<syn::Expr>(text).unwrap_or_else(|e| panic!("{}: {e}", rule.name));
            }
        }
    }
}
