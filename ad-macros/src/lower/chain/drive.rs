//! The loop of a chain: its kind, and the stages that its body runs an item through.

use super::{Chain, Item, Seq, Stage};
use crate::ir::{Block, Expr, LoopKind, Place, Role, Stmt, Ty};
use crate::lower::Lower;
use quote::{ToTokens, quote};
use syn::{Expr as SynExpr, Pat};

impl Lower<'_> {
    /// Emits the loop of a chain. `sink` lowers what happens to an item; its value says whether the loop stops.
    pub(in crate::lower) fn drive(
        &mut self,
        chain: Chain,
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
    ) {
        let setup = self.setup(&chain.stages);
        self.drive_parts(&chain.seq, &chain.stages, &setup, sink, None);
    }

    /// Emits a loop for each part of a sequence. Where one stops what follows, it tells the variable `stopped`,
    /// and the parts after it do not run. Returns whether that may happen.
    fn drive_parts(
        &mut self,
        seq: &Seq,
        stages: &[Stage],
        setup: &[Option<Place>],
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
        stopped: Option<&Place>,
    ) -> bool {
        match seq {
            Seq::Chain(first, second) => {
                let at = self.mark();
                let own = stopped.cloned().unwrap_or_else(|| self.flag());
                let stops = self.drive_parts(first, stages, setup, sink, Some(&own));
                let mut stops_later = false;
                let rest = self.nested(|lower| {
                    stops_later = lower.drive_parts(second, stages, setup, sink, Some(&own));
                    None
                });
                if stops {
                    let name = self.tokens_of(&own);
                    let cond = self.verbatim_tokens(quote!(!#name), Ty::Discrete);
                    let cond = self.name("taken", cond, Ty::Discrete, false);
                    let (id, els) = (self.fresh_id(), Block::default());
                    self.push(Stmt::If { id, dest: None, cond, then: rest, els });
                } else {
                    rest.stmts.into_iter().for_each(|stmt| self.push(stmt));
                }
                if stopped.is_none() && !stops && !stops_later {
                    self.open.last_mut().expect("a block is open").remove(at);
                }
                stops || stops_later
            }
            Seq::Staged(part) => {
                let own = self.setup(&part.stages);
                let mut stops = false;
                let mut inner = |lower: &mut Self, item: Item| {
                    let stop = lower.stages(stages, setup, item, sink)?;
                    stops = true;
                    lower.tell(stopped, &stop);
                    Some(stop)
                };
                self.drive_parts(&part.seq, &part.stages, &own, &mut inner, None);
                stops
            }
            seq => self.drive_loop(seq, stages, setup, sink, stopped),
        }
    }

    /// A variable that tells whether a loop has stopped.
    fn flag(&mut self) -> Place {
        self.mutable("stopped", Expr::lit(quote!(false)), Ty::Discrete, false)
    }

    fn tell(&mut self, stopped: Option<&Place>, stop: &Expr) {
        if let Some(place) = stopped {
            self.push(Stmt::Assign { place: place.clone(), value: stop.clone() });
        }
    }

    fn drive_loop(
        &mut self,
        seq: &Seq,
        stages: &[Stage],
        setup: &[Option<Place>],
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
        stopped: Option<&Place>,
    ) -> bool {
        let mut stops = false;
        let id = self.fresh_id();
        let (seq, kind, direct) = self.loop_kind(seq);
        let var = match &kind {
            LoopKind::Range { var, .. } => *var,
            _ => unreachable!("a chain runs over a range"),
        };
        let k = self.program[var].name.to_token_stream();
        let body = self.nested(|lower| {
            let item = match direct {
                true => Item::Value(
                    Expr::Verbatim { tokens: k.clone(), reads: vec![var], ty: Ty::Discrete },
                    Ty::Discrete,
                ),
                false => lower.item(&seq, &k),
            };
            let stop = lower.stages(stages, setup, item, sink)?;
            stops = true;
            lower.tell(stopped, &stop);
            Some(stop)
        });
        self.push(Stmt::Loop { id, kind, body });
        stops
    }

    /// The loop over a sequence. A plain range, perhaps reversed or stepped, keeps its own bounds.
    pub(super) fn loop_kind(&mut self, seq: &Seq) -> (Seq, LoopKind, bool) {
        let (range, rev, step) = match seq {
            Seq::Rev(inner) => match &**inner {
                Seq::StepBy(..) => (None, false, None),
                inner => (Some(inner), true, None),
            },
            Seq::StepBy(inner, n) => match &**inner {
                Seq::Rev(_) => (None, false, None),
                inner => (Some(inner), false, Some(n)),
            },
            seq => (Some(seq), false, None),
        };
        if let Some(Seq::Range { lo, hi: Some(hi) }) = range {
            let var = match self.counter_name.take() {
                Some(name) => {
                    let var = self.local(&name, Role::Local);
                    (self.program[var].ty, self.program[var].active) = (Ty::Discrete, false);
                    var
                }
                None => self.temp("i", Ty::Discrete, false, false),
            };
            let (lo, hi) = (
                self.verbatim_tokens(lo.clone(), Ty::Discrete),
                self.verbatim_tokens(hi.clone(), Ty::Discrete),
            );
            let step = step.map(|n| self.verbatim_tokens(n.clone(), Ty::Discrete));
            return (
                seq.clone(),
                LoopKind::Range { var, lo, hi, inclusive: false, rev, step },
                true,
            );
        }
        let var = self.temp("k", Ty::Discrete, false, false);
        let len = match self.len(seq) {
            Some(len) => len,
            None => {
                self.errors.at_span(
                    proc_macro2::Span::call_site(),
                    "an iterator without end cannot be differentiated: add `.take(n)`",
                );
                quote!(0)
            }
        };
        let hi = self.verbatim_tokens(len, Ty::Discrete);
        (
            seq.clone(),
            LoopKind::Range {
                var,
                lo: Expr::lit(quote!(0)),
                hi,
                inclusive: false,
                rev: false,
                step: None,
            },
            false,
        )
    }

    /// The state of stages that have one, declared before the loop.
    pub(super) fn setup(&mut self, stages: &[Stage]) -> Vec<Option<Place>> {
        stages
            .iter()
            .map(|stage| match stage {
                Stage::Enumerate | Stage::Skip(_) | Stage::Take(_) => {
                    Some(self.mutable("count", Expr::lit(quote!(0usize)), Ty::Discrete, false))
                }
                Stage::SkipWhile(_) => {
                    Some(self.mutable("skipping", Expr::lit(quote!(true)), Ty::Discrete, false))
                }
                Stage::Scan(init, closure) => {
                    let active = self.facts.active(init)
                        || self.facts.mentions_active_expr(&closure.body)
                        || closure.inputs.iter().any(|p| {
                            crate::facts::pattern_names(p)
                                .iter()
                                .any(|n| self.facts.is_active(&n.to_string()))
                        });
                    let ty = self.facts.infer(init);
                    let value = if self.facts.active(init) {
                        self.operand(init)
                    } else {
                        self.verbatim_value(init)
                    };
                    Some(self.mutable("state", value, ty, active))
                }
                _ => None,
            })
            .collect()
    }

    pub(super) fn stages(
        &mut self,
        stages: &[Stage],
        setup: &[Option<Place>],
        item: Item,
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
    ) -> Option<Expr> {
        let Some((stage, rest)) = stages.split_first() else { return sink(self, item) };
        let (state, setup) = (setup[0].clone(), &setup[1..]);
        match stage {
            Stage::Map(closure) => {
                let item = self.applied(closure, vec![item]);
                self.stages(rest, setup, item, sink)
            }
            Stage::Copied => {
                let item = match item {
                    Item::Place(place, _) => Item::Place(place, None),
                    Item::Value(Expr::Ref { expr, .. }, ty) => {
                        Item::Value(*expr, ty.deref().clone())
                    }
                    item => item,
                };
                self.stages(rest, setup, item, sink)
            }
            Stage::Inspect(closure) => {
                let item = self.stable(item);
                let reference = reference_to(&item);
                self.apply(closure, vec![reference]);
                self.stages(rest, setup, item, sink)
            }
            Stage::Enumerate => {
                let state = state.expect("enumerate counts");
                let name = self.program[state.root].name.clone();
                let now = self.counter(name.to_token_stream());
                let item = Item::Tuple(vec![
                    Item::Value(self.verbatim_tokens(now, Ty::Discrete), Ty::Discrete),
                    item,
                ]);
                self.push(Stmt::Assign {
                    place: state.clone(),
                    value: Expr::Verbatim {
                        tokens: quote!(#name + 1),
                        reads: vec![state.root],
                        ty: Ty::Discrete,
                    },
                });
                self.stages(rest, setup, item, sink)
            }
            Stage::Filter(closure) => {
                let item = self.stable(item);
                let cond = self.predicate(closure, reference_to(&item));
                self.guarded(cond, rest, setup, item, sink, false)
            }
            Stage::TakeWhile(closure) => {
                let item = self.stable(item);
                let cond = self.predicate(closure, reference_to(&item));
                self.guarded(cond, rest, setup, item, sink, true)
            }
            Stage::SkipWhile(closure) => {
                let item = self.stable(item);
                let state = state.expect("skip_while remembers");
                let name = self.program[state.root].name.clone();
                let skip = self.predicate(closure, reference_to(&item));
                let skip = self.ident_of(&skip);
                let reads =
                    vec![state.root, self.lookup(&skip).expect("a predicate is a variable")];
                self.push(Stmt::Assign {
                    place: state.clone(),
                    value: Expr::Verbatim {
                        tokens: quote!(#name && #skip),
                        reads,
                        ty: Ty::Discrete,
                    },
                });
                let cond = Expr::Verbatim {
                    tokens: quote!(!#name),
                    reads: vec![state.root],
                    ty: Ty::Discrete,
                };
                let cond = self.name("taken", cond, Ty::Discrete, false);
                self.guarded(cond, rest, setup, item, sink, false)
            }
            Stage::Skip(n) | Stage::Take(n) => {
                let state = state.expect("a count");
                let name = self.program[state.root].name.clone();
                let taking = matches!(stage, Stage::Take(_));
                let tokens = if taking { quote!(#name < #n) } else { quote!(#name >= #n) };
                let cond = self.verbatim_tokens(tokens, Ty::Discrete);
                let cond = self.name("taken", cond, Ty::Discrete, false);
                self.push(Stmt::Assign {
                    place: state.clone(),
                    value: Expr::Verbatim {
                        tokens: quote!(#name + 1),
                        reads: vec![state.root],
                        ty: Ty::Discrete,
                    },
                });
                self.guarded(cond, rest, setup, item, sink, taking)
            }
            Stage::FilterMap(closure) | Stage::MapWhile(closure) => {
                let stops = matches!(stage, Stage::MapWhile(_));
                let value = self.apply(closure, vec![item]);
                self.optional(value, rest, setup, sink, stops)
            }
            Stage::Scan(_, closure) => {
                let state = Item::Place(state.expect("scan has a state"), Some(true));
                let value = self.apply(closure, vec![state, item]);
                self.optional(value, rest, setup, sink, true)
            }
            Stage::FlatMap(closure) => {
                let closure = self.freshened(closure);
                self.bind_item(&closure.inputs[0], item);
                self.analyse(&closure.body);
                let body = match &*closure.body {
                    SynExpr::Block(b) if b.label.is_none() => {
                        let (last, init) = b.block.stmts.split_last()?;
                        for stmt in init {
                            self.statement_of_closure(stmt);
                        }
                        match last {
                            syn::Stmt::Expr(e, None) => e.clone(),
                            _ => return None,
                        }
                    }
                    e => e.clone(),
                };
                let inner = match self.facts.infer(&body).deref() {
                    Ty::Option(_) => None,
                    _ => self.chain(&body),
                };
                match inner {
                    Some(inner) => {
                        let (rest, setup) = (rest.to_vec(), setup.to_vec());
                        let (at, stopped, mut stops) = (self.mark(), self.flag(), false);
                        self.drive(inner, &mut |lower, item| {
                            let stop = lower.stages(&rest, &setup, item, sink)?;
                            stops = true;
                            lower.tell(Some(&stopped), &stop);
                            Some(stop)
                        });
                        if stops {
                            return Some(Expr::Place(stopped));
                        }
                        self.open.last_mut().expect("a block is open").remove(at);
                        None
                    }
                    None if matches!(self.facts.infer(&body), Ty::Option(_))
                        || is_option_ref(&self.facts.infer(&body)) =>
                    {
                        let value = self.operand(&body);
                        self.optional(value, rest, setup, sink, false)
                    }
                    None => {
                        self.errors.at(&body, "what is flattened here cannot be differentiated: iterate over a range, a slice or a chain of the standard adaptors");
                        None
                    }
                }
            }
        }
    }

    pub(super) fn statement_of_closure(&mut self, stmt: &syn::Stmt) {
        self.statements(std::slice::from_ref(stmt));
    }

    /// The truth of a predicate under a name.
    pub(in crate::lower) fn predicate(&mut self, closure: &syn::ExprClosure, item: Item) -> Expr {
        let value = self.apply(closure, vec![item]);
        match &value {
            Expr::Place(place) if place.is_var() && !self.program[place.root].mutable => value,
            _ => self.name("taken", value, Ty::Discrete, false),
        }
    }

    /// The rest of the stages where `cond` holds; where not, the loop goes on or stops.
    pub(super) fn guarded(
        &mut self,
        cond: Expr,
        rest: &[Stage],
        setup: &[Option<Place>],
        item: Item,
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
        stops: bool,
    ) -> Option<Expr> {
        let id = self.fresh_id();
        let mut then = self.nested(|lower| lower.stages(rest, setup, item, sink));
        let dest = self.stop_variable(&mut then, stops);
        let els = Block {
            stmts: vec![],
            result: dest.map(|_| Expr::lit(if stops { quote!(true) } else { quote!(false) })),
        };
        self.push(Stmt::If { id, dest, cond, then, els });
        dest.map(Expr::var)
    }

    pub(super) fn stop_variable(
        &mut self,
        then: &mut Block,
        stops: bool,
    ) -> Option<crate::ir::Var> {
        if then.result.is_none() && !stops {
            return None;
        }
        then.result.get_or_insert_with(|| Expr::lit(quote!(false)));
        Some(self.temp("stop", Ty::Discrete, false, false))
    }

    /// The rest of the stages on the value in an `Option`.
    pub(super) fn optional(
        &mut self,
        value: Expr,
        rest: &[Stage],
        setup: &[Option<Place>],
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
        stops: bool,
    ) -> Option<Expr> {
        // `Some(value)`, as most closures end.
        if let Expr::Call { path, args, .. } = &value
            && path.to_string().ends_with("Some")
        {
            let item = self.item_of_value(args[0].clone());
            return self.stages(rest, setup, item, sink);
        }
        let ty = self.program.ty_of(&value);
        let active = self.program.reads_active(&value);
        let place = match value {
            Expr::Place(place) => place,
            value => match self.name("yielded", value, ty, active) {
                Expr::Place(place) => place,
                _ => unreachable!("a name is a place"),
            },
        };
        let id = self.fresh_id();
        let name = self.fresh_name("item");
        let some: Pat = syn::parse_quote!(::core::option::Option::Some(#name));
        let item_ty = match self.program.ty_of_place(&place) {
            Ty::Option(t) => *t,
            _ => Ty::Unknown,
        };
        self.facts.bind(&syn::parse_quote!(#name), &item_ty, active);
        let bindings = self.bind_parts(&some, &place, true, false, None);
        let var = self.lookup(&name).expect("the pattern binds it");
        let mut then = self
            .nested(|lower| lower.stages(rest, setup, Item::Value(Expr::var(var), item_ty), sink));
        let dest = self.stop_variable(&mut then, stops);
        let els = Block {
            stmts: vec![],
            result: dest.map(|_| Expr::lit(if stops { quote!(true) } else { quote!(false) })),
        };
        let arms = vec![
            crate::ir::Arm { pat: some, guard: None, bindings, body: then },
            crate::ir::Arm {
                pat: syn::parse_quote!(::core::option::Option::None),
                guard: None,
                bindings: vec![],
                body: els,
            },
        ];
        self.push(Stmt::Match { id, dest, scrutinee: Expr::Place(place), arms });
        dest.map(Expr::var)
    }
}

/// Whether a value is a reference to an `Option`.
fn is_option_ref(ty: &Ty) -> bool {
    matches!(ty.deref(), Ty::Option(_))
}

/// An item behind a reference, as a predicate takes it.
pub(in crate::lower) fn reference_to(item: &Item) -> Item {
    match item {
        // `&&T`, which a pattern `|&x|` or `**x` takes apart again.
        Item::Place(place, Some(_)) => {
            Item::Value(Expr::borrow(Expr::borrow(Expr::Place(place.clone()))), Ty::Unknown)
        }
        Item::Place(place, None) => Item::Place(place.clone(), Some(false)),
        Item::Value(Expr::Place(place), _) => Item::Place(place.clone(), Some(false)),
        Item::Value(value, ty) => {
            Item::Value(Expr::borrow(value.clone()), Ty::Ref(Box::new(ty.clone())))
        }
        Item::Tuple(items) => Item::Tuple(items.iter().map(reference_to).collect()),
    }
}
