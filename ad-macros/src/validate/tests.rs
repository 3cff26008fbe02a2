//! The validator accepts what the compiler makes of every acceptance program, and finds planted defects.

use super::{lowered, reversed};
use crate::ir::{BinOp, Block, Expr, Place, Program, Proj, Role, Stmt, Ty, Var, VarInfo};
use crate::pipeline;
use quote::{ToTokens, format_ident, quote};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use syn::visit::Visit;

/// The items of a file that carry `#[differentiate]`, with its options.
#[derive(Default)]
struct Differentiated(Vec<(proc_macro2::TokenStream, proc_macro2::TokenStream)>);

fn take_attribute(attrs: &mut Vec<syn::Attribute>) -> Option<proc_macro2::TokenStream> {
    let at = attrs
        .iter()
        .position(|a| a.path().segments.last().is_some_and(|s| s.ident == "differentiate"))?;
    match attrs.remove(at).meta {
        syn::Meta::List(list) => Some(list.tokens),
        _ => Some(Default::default()),
    }
}

impl<'a> Visit<'a> for Differentiated {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        let mut plain = item.clone();
        if let Some(options) = take_attribute(&mut plain.attrs) {
            self.0.push((options, plain.into_token_stream()));
        }
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        let mut plain = item.clone();
        if let Some(options) = take_attribute(&mut plain.attrs) {
            self.0.push((options, plain.into_token_stream()));
        }
        syn::visit::visit_item_impl(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        let mut plain = item.clone();
        if let Some(options) = take_attribute(&mut plain.attrs) {
            self.0.push((options, plain.into_token_stream()));
        }
    }
}

#[test]
fn acceptance_programs_are_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/programs");
    let mut failures = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the acceptance programs are there") {
        let path = entry.expect("the folder can be read").path();
        let text = std::fs::read_to_string(&path).expect("a program can be read");
        let mut found = Differentiated::default();
        found.visit_file(&syn::parse_file(&text).expect("a program parses"));
        for (options, item) in found.0 {
            count += 1;
            let run = AssertUnwindSafe(|| pipeline::differentiate(options, item.clone()));
            if let Err(panic) = catch_unwind(run) {
                let message = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                let head: String = item.to_string().chars().take(120).collect();
                failures.push(format!("{}: {head}\n{message}", path.display()));
            }
        }
    }
    assert!(count > 100, "only {count} programs were found");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n\n"));
}

/// A program of variables `x`, a parameter, and those of `names`, which are local.
fn program(names: &[&str], body: impl FnOnce(Var, &[Var]) -> Block) -> Program {
    let info = |name: &str, role| VarInfo {
        name: format_ident!("{}", name),
        ty: Ty::Float(None),
        active: true,
        mutable: false,
        role,
    };
    let mut vars = vec![info("x", Role::Param)];
    vars.extend(names.iter().map(|name| info(name, Role::Local)));
    let locals: Vec<Var> = (1..vars.len()).map(Var).collect();
    Program { vars, body: body(Var(0), &locals), ..Program::default() }
}

fn define(var: Var, value: Expr) -> Stmt {
    Stmt::Let { var, ty: None, value }
}

/// `x * x`
fn square(x: Var) -> Expr {
    Expr::binary(BinOp::Mul, Expr::var(x), Expr::var(x))
}

#[test]
fn a_sound_program_has_no_defects() {
    let sound = program(&["y"], |x, locals| Block {
        stmts: vec![define(locals[0], square(x))],
        result: Some(Expr::var(locals[0])),
    });
    assert_eq!(lowered(&sound), Vec::<String>::new());
}

#[test]
fn reading_before_the_definition_is_a_defect() {
    let unordered = program(&["y", "z"], |x, locals| Block {
        stmts: vec![define(locals[0], Expr::var(locals[1])), define(locals[1], square(x))],
        result: Some(Expr::var(locals[0])),
    });
    assert_eq!(lowered(&unordered), ["`z` is read where it is not defined"]);
}

#[test]
fn reading_out_of_the_block_is_a_defect() {
    let escaped = program(&["y"], |x, locals| {
        let then = Block { stmts: vec![define(locals[0], square(x))], result: None };
        let branch = Stmt::If {
            id: crate::ir::Id(0),
            dest: None,
            cond: Expr::Verbatim { tokens: quote!(x > 0.0), reads: vec![x], ty: Ty::Discrete },
            then,
            els: Block::default(),
        };
        Block { stmts: vec![branch], result: Some(Expr::var(locals[0])) }
    });
    assert_eq!(lowered(&escaped), ["`y` is read where it is not defined"]);
}

#[test]
fn defining_twice_is_a_defect() {
    let twice = program(&["y"], |x, locals| Block {
        stmts: vec![define(locals[0], square(x)), define(locals[0], Expr::var(x))],
        result: Some(Expr::var(locals[0])),
    });
    assert_eq!(lowered(&twice), ["`y` is defined twice in a block"]);
}

#[test]
fn a_tree_of_unknown_operations_is_a_defect() {
    let mut nested = program(&["y"], |x, locals| Block {
        stmts: vec![define(locals[0], Expr::binary(BinOp::Add, square(x), Expr::var(x)))],
        result: Some(Expr::var(locals[0])),
    });
    assert_eq!(lowered(&nested), Vec::<String>::new());
    nested.vars[0].ty = Ty::Unknown;
    let found = lowered(&nested);
    assert!(found.len() == 1 && found[0].starts_with("an operand is an operation"), "{found:?}");
}

#[test]
fn a_read_that_is_not_stated_is_a_defect() {
    let silent = program(&["y"], |x, locals| Block {
        stmts: vec![define(
            locals[0],
            Expr::Verbatim { tokens: quote!(f(x) + g(|x_1| x_1)), reads: vec![], ty: Ty::Unknown },
        )],
        result: Some(Expr::var(x)),
    });
    let found = lowered(&silent);
    assert!(found.len() == 1 && found[0].ends_with("reads `x`, but does not say so"), "{found:?}");
}

#[test]
fn losing_the_derivative_is_a_defect() {
    let mut lost = program(&["y"], |x, locals| Block {
        stmts: vec![define(locals[0], square(x))],
        result: Some(Expr::var(locals[0])),
    });
    lost.vars[1].active = false;
    assert_eq!(lowered(&lost), ["`y` is not active, but takes an active value"]);
}

#[test]
fn an_active_index_is_a_defect() {
    let indexed = program(&["y"], |x, locals| {
        let element = Place::var(x).then(Proj::Index(Expr::var(x)));
        Block { stmts: vec![define(locals[0], Expr::Place(element))], result: None }
    });
    assert_eq!(lowered(&indexed), ["the index of `x` is active"]);
}

#[test]
fn a_reverse_sweep_that_forgets_a_record_is_a_defect() {
    let source = quote!(
        fn f(r: f64, n: usize) -> f64 {
            let mut x = r;
            for _ in 0..n {
                x = r * x * x;
            }
            x
        }
    );
    let mut reversal = crate::adjoint::tests::reversal(source);
    let given = [reversal.out_bar];
    assert_eq!(reversed(&reversal.reversed, &given), Vec::<String>::new());
    reversal.reversed.program.records.clear();
    assert_eq!(reversed(&reversal.reversed, &given), ["`x_old` is read where it is not defined"]);
}

#[test]
#[should_panic(expected = "broke its own invariants in lowering")]
fn a_defect_stops_the_compiler() {
    super::require("in lowering", &["`x` is read where it is not defined".to_owned()]);
}
