//! `azip!` as the `Zip` that it stands for, and `map_assign_into` of a `Zip` as its `for_each`.
//!
//! ```text
//! // Input:                                          // Output:
//! azip!((c in &mut c, &a in &a) *c = a * s);         Zip::from(&mut c).and(&a).for_each(|c, &a| *c = a * s);
//! azip!((index (i, j), c in &mut c) { .. });         Zip::indexed(&mut c).for_each(|(i, j), c| { .. });
//! Zip::from(&a).map_assign_into(&mut c, |a| f(a));   Zip::from(&a).and(&mut c).for_each(|a, __into| *__into = f(a));
//! ```

use syn::parse::{Parse, ParseStream};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Pat, Stmt, Token, parse_quote};

/// Rewrites every `azip!` of the body.
pub fn rewrite(block: &mut Block) {
    Macros.visit_block_mut(block);
}

/// What stands in the parentheses of the macro.
struct Azip {
    index: Option<Pat>,
    producers: Vec<(Pat, Expr)>,
    body: Expr,
}

impl Parse for Azip {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let head;
        syn::parenthesized!(head in input);
        let (mut index, mut producers) = (None, Vec::new());
        while !head.is_empty() {
            let keyword = head.fork().parse::<syn::Ident>().is_ok_and(|i| i == "index");
            if keyword && index.is_none() && producers.is_empty() && !head.peek2(Token![in]) {
                head.parse::<syn::Ident>()?;
                index = Some(Pat::parse_single(&head)?);
            } else {
                let pat = Pat::parse_single(&head)?;
                head.parse::<Token![in]>()?;
                producers.push((pat, head.parse()?));
            }
            if !head.is_empty() {
                head.parse::<Token![,]>()?;
            }
        }
        Ok(Azip { index, producers, body: input.parse()? })
    }
}

impl Azip {
    fn zip(self) -> Option<Expr> {
        let mut producers = self.producers.into_iter();
        let (first, producer) = producers.next()?;
        let mut pats = Vec::from_iter(self.index);
        let mut zip: Expr = match pats.is_empty() {
            true => parse_quote!(::ad_runtime::ndarray::Zip::from(#producer)),
            false => parse_quote!(::ad_runtime::ndarray::Zip::indexed(#producer)),
        };
        pats.push(first);
        for (pat, producer) in producers {
            zip = parse_quote!(#zip.and(#producer));
            pats.push(pat);
        }
        let body = self.body;
        Some(parse_quote!(#zip.for_each(|#(#pats),*| #body)))
    }
}

fn expanded(mac: &syn::Macro) -> Option<Expr> {
    if mac.path.segments.last()?.ident != "azip" {
        return None;
    }
    mac.parse_body::<Azip>().ok()?.zip()
}

/// `Zip::from(..).map_assign_into(target, f)` of a closure.
fn assigned(e: &Expr) -> Option<Expr> {
    let Expr::MethodCall(call) = e else { return None };
    if call.method != "map_assign_into" || call.args.len() != 2 {
        return None;
    }
    let (zip, target, Expr::Closure(f)) = (&call.receiver, &call.args[0], &call.args[1]) else {
        return None;
    };
    let (inputs, body) = (f.inputs.iter(), &f.body);
    Some(parse_quote!(#zip.and(#target).for_each(|#(#inputs,)* __into| *__into = #body)))
}

struct Macros;

impl VisitMut for Macros {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Macro(m) = stmt
            && let Some(zip) = expanded(&m.mac)
        {
            *stmt = Stmt::Expr(zip, Some(Default::default()));
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        if let Expr::Macro(m) = e
            && let Some(zip) = expanded(&m.mac)
        {
            *e = zip;
        }
        if let Some(zip) = assigned(e) {
            *e = zip;
        }
        visit_mut::visit_expr_mut(self, e);
    }
}
